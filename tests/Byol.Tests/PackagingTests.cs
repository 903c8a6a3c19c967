using System.IO.Compression;
using System.Xml.Linq;
using Byol.Tests.Cli;

namespace Byol.Tests;

/// <summary>What leaves the repository as packages works without it.</summary>
[Collection(CommandLine.Name)]   // packing writes into the projects' obj folders
public sealed class PackagingTests
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public void The_tool_is_installed_into_an_empty_folder_and_works_there()
    {
        using var folder = new TemporaryFolder();
        Pack("Byol.Cli", folder["packages"]);
        DotNet("tool", "install", "Byol.Tool", "--tool-path", folder["tool"], "--source", folder["packages"], "--version", "0.1.0");
        var tool = Path.Combine(folder["tool"], OperatingSystem.IsWindows() ? "byol.exe" : "byol");

        var (code, output, error) = Programs.Run(
            tool, ["pretrain", "--data", "fashion-mnist-10k:validation", "--out", folder["run"], .. CommandLine.Tiny]);
        Assert.True(code == 0, output + error);
        Assert.Contains("fashion-mnist-10k", Programs.Run(tool, "data", "list").Out, StringComparison.Ordinal);
        (code, output, error) = Programs.Run(tool, "export", folder["run"], "--out", folder["model.onnx"]);   // ONNX Runtime checks it
        Assert.True(code == 0, output + error);
    }

    [Fact]
    public void A_program_that_references_the_library_brings_a_woven_TorchSharp()
    {
        using var folder = new TemporaryFolder();
        foreach (var library in (string[])["Byol.Data", "Byol"]) Pack(library, folder["packages"]);
        var have = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(folder["Program.cs"], "System.Console.WriteLine(Byol.Interop.TorchRuntime.KeepsHandlesAlive);");
        File.WriteAllText(folder["Program.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RestoreSources>{folder["packages"]}</RestoreSources>
                <RestorePackagesPath>{folder["restored"]}</RestorePackagesPath>
                <RestoreFallbackFolders>{have}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Byol" Version="0.1.0" /></ItemGroup>
            </Project>
            """);
        DotNet("publish", folder["Program.csproj"], "-o", folder["published"], "-v", "quiet", "--nologo");
        Assert.Equal("True", Printed(folder["published/Program.dll"]));
        Assert.Equal("True", Printed(folder["bin/Release/net10.0/Program.dll"]));
        DotNet("build", folder["Program.csproj"], "-c", "Release", "--no-restore", "-p:ByolWeavesTorchSharp=false",
            "-v", "quiet", "--nologo");
        Assert.Equal("False", Printed(folder["bin/Release/net10.0/Program.dll"]));

        static string Printed(string program) => Programs.Run("dotnet", program).Out.Trim();
    }

    // As src/Byol/README.md says, on a machine that has no package yet: they come from nuget.org.
    [Fact]
    [Trait("run", "nightly")]
    public void The_documented_steps_add_the_library_where_the_package_cache_is_empty()
    {
        using var folder = new TemporaryFolder();
        foreach (var library in (string[])["Byol.Data", "Byol"]) Pack(library, folder["packages"]);
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "Byol", "README.md"));
        var config = readme.Split("```xml\n")[1].Split("```")[0];
        Directory.CreateDirectory(folder["project"]);
        File.WriteAllText(folder["project/nuget.config"], config.Replace("FOLDER", folder["packages"], StringComparison.Ordinal));
        File.WriteAllText(folder["project/Program.cs"], "System.Console.WriteLine(Byol.Training.Recipes.Folder.Views.ImageSize);");
        File.WriteAllText(folder["project/Program.csproj"], """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
            </Project>
            """);
        Assert.Single(readme.Split('\n'), l => l == "dotnet add package Byol");
        var (code, output, error) = Dotnet(["add", folder["project/Program.csproj"], "package", "Byol"]);
        Assert.SkipWhen(output.Contains("NU1301", StringComparison.Ordinal), "nuget.org cannot be reached.");
        Assert.True(code == 0, output + error);
        (code, output, error) = Dotnet(["run", "--project", folder["project/Program.csproj"]]);
        Assert.True(code == 0, output + error);
        Assert.Equal("128", output.Trim());

        (int Code, string Out, string Error) Dotnet(IEnumerable<string> arguments) =>
            Programs.Run(new Dictionary<string, string> { ["NUGET_PACKAGES"] = folder["empty"] }, "dotnet", arguments);
    }

    [Theory]
    [InlineData("Byol.Data", "SkiaSharp")]
    [InlineData("Byol", "TorchSharp")]
    [InlineData("Byol.OnnxRuntime", "Microsoft.ML.OnnxRuntime")]
    public void A_library_brings_its_documentation_and_no_systems_libtorch(string name, string dependency)
    {
        using var folder = new TemporaryFolder();
        Pack(name, folder["packages"]);
        using var package = ZipFile.OpenRead(Directory.GetFiles(folder["packages"]).Single());
        foreach (var file in (string[])[$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "README.md"])
            Assert.NotNull(package.GetEntry(file));
        using var specification = package.GetEntry($"{name}.nuspec")!.Open();
        var dependencies = XDocument.Load(specification).Descendants().Where(e => e.Name.LocalName == "dependency")
            .Select(e => e.Attribute("id")!.Value).ToList();
        Assert.Contains(dependency, dependencies);
        Assert.DoesNotContain(dependencies, d => d.StartsWith("libtorch", StringComparison.Ordinal)
            || d.StartsWith("TorchSharp-", StringComparison.Ordinal) || d.Contains("Analyzers", StringComparison.Ordinal));
    }

    private static void Pack(string project, string packages) =>
        DotNet("pack", Path.Combine(Repository.Root, "src", project), "-c", Configuration, "--no-build", "-o", packages,
            "-v", "quiet", "--nologo");

    private static void DotNet(params string[] arguments)
    {
        var (code, output, error) = Programs.Run("dotnet", arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)}: {code}\n{output}\n{error}");
    }
}
