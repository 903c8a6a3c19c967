namespace Byol.Training;

/// <summary>Views that begin small and grow, so that the steps of the first part of a run cost less; a pure function of the step, so that a
/// resumed run needs no state of it.</summary>
/// <param name="First">The side of the first views in pixels; that of the last where nothing grows.</param>
/// <param name="Full">S, the side of the last views.</param>
/// <param name="FullFrom">The share of the steps after which views are of full size.</param>
internal sealed record ResolutionSchedule(int First, int Full, double FullFrom)
{
    /// <summary>What views grow by in pixels: the strides of an encoder of small images then divide most sizes.</summary>
    public const int Growth = 4;

    /// <summary>As the recipe says.</summary>
    public static ResolutionSchedule Of(Recipe recipe) => new(
        recipe.Training.InitialImageSize == 0 ? recipe.Views.ImageSize : recipe.Training.InitialImageSize, recipe.Views.ImageSize,
        recipe.Training.FullResolutionAt);

    private int Levels => (Full - First + Growth - 1) / Growth;

    /// <summary>The side of the views of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="totalSteps">K.</param>
    public int Size(long step, long totalSteps)
    {
        var level = 0;
        while (level < Levels && Start(level + 1, totalSteps) <= step) level++;
        return Size(level);
    }

    /// <summary>What steps cost, in steps of full size: arithmetic goes with the area.</summary>
    /// <param name="from">The first step.</param>
    /// <param name="to">The step after the last.</param>
    /// <param name="totalSteps">K.</param>
    public double Cost(long from, long to, long totalSteps)
    {
        var cost = 0.0;
        for (var level = 0; level <= Levels; level++)
        {
            var begin = Math.Max(from, Start(level, totalSteps));
            var end = level == Levels ? to : Math.Min(to, Start(level + 1, totalSteps));
            if (end > begin) cost += (end - begin) * Math.Pow((double)Size(level) / Full, 2);
        }
        return cost;
    }

    /// <summary>K, where a run goes on from a step and ends with as much cost: the most steps that do not cost more.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="cost">In steps of full size; none if it is negative.</param>
    public long Reached(long step, double cost)
    {
        var (least, beyond) = (step, step + 1 + (long)Math.Ceiling(Math.Max(0, cost) * Math.Pow((double)Full / First, 2)));
        while (beyond - least > 1)
        {
            var middle = least + (beyond - least) / 2;
            if (Cost(step, middle, middle) <= cost) least = middle;
            else beyond = middle;
        }
        return least;
    }

    private int Size(int level) => Math.Min(Full, First + Growth * level);

    private long Start(int level, long totalSteps) => Levels == 0 ? 0 : (long)Math.Ceiling(FullFrom * totalSteps * level / Levels);
}
