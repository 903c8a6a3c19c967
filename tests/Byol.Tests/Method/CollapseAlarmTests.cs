using Byol.Method;

namespace Byol.Tests.Method;

public sealed class CollapseAlarmTests
{
    private const double Collapsed = CollapseAlarm.Threshold / 2, Healthy = 0.9;

    [Fact]
    public void It_rings_once_after_its_patience()
    {
        var alarm = new CollapseAlarm();
        var raised = Enumerable.Range(1, 200).Where(_ => alarm.Observe(Collapsed)).ToList();
        Assert.Equal([CollapseAlarm.Patience], raised);
    }

    [Fact]
    public void A_healthy_step_begins_the_count_anew()
    {
        var alarm = new CollapseAlarm();
        for (var i = 0; i < 10; i++)
        {
            for (var k = 1; k < CollapseAlarm.Patience; k++) Assert.False(alarm.Observe(Collapsed));
            Assert.False(alarm.Observe(Healthy));
        }
    }

    [Fact]
    public void It_never_rings_again_even_after_a_recovery()
    {
        var alarm = new CollapseAlarm();
        var raised = Enumerable.Range(0, 500).Count(k => alarm.Observe(k % 100 == 99 ? Healthy : Collapsed));
        Assert.Equal(1, raised);
    }

    [Theory]
    [InlineData(Collapsed, 30)]
    [InlineData(Healthy, 1.05)]
    [InlineData(0, 1)]
    public void Two_diagnoses_in_a_row_ring_once(double std, double rank)
    {
        var alarm = new CollapseAlarm();
        Assert.False(alarm.Observe(500, std, rank));
        Assert.False(alarm.Observe(600, Healthy, 30));
        Assert.False(alarm.Observe(700, std, rank));
        Assert.True(alarm.Observe(800, std, rank));
        Assert.False(alarm.Observe(900, std, rank));
        Assert.DoesNotContain(true, Enumerable.Range(0, 100).Select(_ => alarm.Observe(Collapsed)));
    }

    [Fact]
    public void Diagnoses_of_the_first_steps_do_not_count()
    {
        var alarm = new CollapseAlarm();
        for (var step = 0; step < CollapseAlarm.SettlingSteps; step += 10) Assert.False(alarm.Observe(step, Collapsed, 1));
        Assert.False(alarm.Observe(CollapseAlarm.SettlingSteps, Collapsed, 1));
        Assert.True(alarm.Observe(CollapseAlarm.SettlingSteps + 10, Collapsed, 1));
    }

    [Theory]
    [InlineData(CollapseAlarm.Threshold)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void It_keeps_silent_above_the_threshold(double std)
    {
        var alarm = new CollapseAlarm();
        Assert.DoesNotContain(true, Enumerable.Range(0, 100).Select(_ => alarm.Observe(std)));
    }
}
