namespace Byol;

/// <summary>Checks of settings. Compiled into Byol.Data and Byol alike, so that neither has to show it to programs.</summary>
internal static class Setting
{
    /// <summary>Throws if a setting is invalid.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="otherwise">The message gives value, rule and remedy in one line.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ArgumentException(otherwise);
    }
}
