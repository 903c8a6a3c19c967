using Xunit.v3;

namespace Byol.Tests;

/// <summary>A test, or a class of them, that takes long and is left out of the everyday <c>./test</c>; <c>./test --nightly</c> runs it too.
/// What it holds must have a short test beside it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NightlyAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("run", "nightly")];
}
