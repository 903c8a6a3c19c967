using Mono.Cecil;

namespace Byol.Weaver;

/// <summary>The attribute by which a woven TorchSharp is known; <c>TorchRuntime.KeepsHandlesAlive</c> asks for it.</summary>
internal static class Marker
{
    private const string Key = "Byol.KeepsHandlesAlive";

    public static bool IsOn(AssemblyDefinition assembly) =>
        assembly.CustomAttributes.Any(a => a.ConstructorArguments.FirstOrDefault().Value is Key);

    public static void Put(AssemblyDefinition assembly)
    {
        var types = assembly.MainModule.TypeSystem;
        var attribute = new TypeReference("System.Reflection", "AssemblyMetadataAttribute", assembly.MainModule, types.CoreLibrary);
        var constructor = new MethodReference(".ctor", types.Void, attribute) { HasThis = true };
        constructor.Parameters.Add(new(types.String));
        constructor.Parameters.Add(new(types.String));
        assembly.CustomAttributes.Add(new CustomAttribute(constructor)
        {
            ConstructorArguments = { new(types.String, Key), new(types.String, "true") }
        });
    }
}
