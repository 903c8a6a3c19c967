namespace Byol.Web;

/// <summary>How often is looked: tests do not want to wait.</summary>
/// <param name="Search">Between two searches for runs that began.</param>
/// <param name="Ask">Between two questions of a page; it asks less often where that and drawing take longer than a two-hundredth of the
/// usual two seconds.</param>
internal sealed record WatchTempo(TimeSpan Search, TimeSpan Ask)
{
    /// <summary>As it is for people.</summary>
    public static WatchTempo Usual { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));
}
