using Byol.Weaver;
using Mono.Cecil;

// Byol.Weaver TORCHSHARP OUTPUT: writes a copy of TorchSharp.dll whose objects live until the native calls that use them have returned, and
// whose GroupNorm begins with weights of 1 and 0.
if (args is not [var original, var output])
{
    Console.Error.WriteLine("Byol.Weaver : error : two paths are needed: TorchSharp.dll, and where its copy is written.");
    return 1;
}
var temporary = $"{output}.{Environment.ProcessId}.tmp";
try
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
    using (var assembly = AssemblyDefinition.ReadAssembly(original))
    {
        if (Marker.IsOn(assembly))
        {
            File.Copy(original, temporary, overwrite: true);
        }
        else
        {
            if (new HandleKeeper(assembly.MainModule).KeepAll() == 0)
                throw new InvalidDataException("no method in it reads a native handle; this is not the TorchSharp that Byol was made for");
            GroupNormWeights.Set(assembly.MainModule);
            Marker.Put(assembly);
            assembly.Write(temporary, new WriterParameters { DeterministicMvid = true });
        }
    }
    File.Move(temporary, output, overwrite: true);   // never written in place: the old one may be linked from elsewhere
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or BadImageFormatException)
{
    File.Delete(temporary);
    Console.Error.WriteLine(   // in the form that MSBuild takes for an error
        $"Byol.Weaver : error : {original} cannot be woven ({e.Message}); build with -p:ByolWeavesTorchSharp=false to do without.");
    return 1;
}
