using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Byol.Tests.Architecture;

/// <summary>Who may know whom: read from the <c>using</c> lines, so that a shortcut through the walls fails here.</summary>
public sealed partial class LayerTests
{
    // Layer to what its files may name; the BCL is always allowed. docs/ARCHITECTURE.md has the same table in words.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Byol.Data/Images"] = ["SkiaSharp", "BitMiracle.LibTiff"],
        ["Byol.Data/Kernels"] = [],
        ["Byol.Data/Views"] = ["Byol.Data.Images", "Byol.Data.Kernels"],
        ["Byol.Data/Datasets"] = ["Byol.Data.Images"],
        ["Byol.Data/Loading"] = ["Byol.Data.Images", "Byol.Data.Views", "Byol.Data.Datasets"],
        ["Byol/Interop"] = ["TorchSharp", "Byol.Data.Loading"],
        ["Byol/Distributed"] = ["TorchSharp"],
        ["Byol/Models"] = ["TorchSharp", "Byol.Interop", "Byol.Distributed", "Byol.Data.Kernels"],
        ["Byol/Optim"] = ["TorchSharp"],
        ["Byol/Method"] = ["TorchSharp", "Byol.Models", "Byol.Optim", "Byol.Interop", "Byol.Distributed"],
        ["Byol/TensorFiles"] = ["TorchSharp"],
        ["Byol/Encoders"] = ["TorchSharp", "Byol.Data", "Byol.Models", "Byol.Interop", "Byol.TensorFiles", "Tomlyn"],
        ["Byol/Evaluation"] = ["TorchSharp", "Byol.Data", "Byol.Models", "Byol.Optim", "Byol.Interop", "Byol.Encoders"],
        ["Byol/Export"] = ["TorchSharp", "Byol.Models", "Byol.Encoders", "Byol.TensorFiles", "Google.Protobuf"],
        ["Byol/Embeddings"] =
            ["TorchSharp", "Byol.Data", "Byol.Models", "Byol.Evaluation", "Byol.Encoders", "Byol.TensorFiles", "Parquet"],
        ["Byol/Predictions"] = ["Byol.Evaluation", "Byol.Embeddings", "Parquet"],
        ["Byol/Runs"] = [],
        ["Byol/Training"] =
            ["TorchSharp", "Byol.Data", "Byol.Models", "Byol.Optim", "Byol.Interop", "Byol.Method", "Byol.Evaluation", "Byol.Runs", "Byol.Distributed",
            "Byol.Encoders", "Byol.TensorFiles", "Byol.Export", "Byol.Reports", "Tomlyn"],
        ["Byol/TensorBoard"] = ["Byol.Data.Images", "Byol.Runs", "Google.Protobuf"],
        ["Byol/Maps"] = [],
        ["Byol/Reports"] = ["Byol.Runs", "Byol.Maps"],
        ["Byol/Comparison"] =
            ["TorchSharp", "Byol.Data", "Byol.Models", "Byol.Interop", "Byol.Encoders", "Byol.Evaluation", "Byol.Runs", "Byol.Reports",
            "Byol.Training"],
        ["Byol/Experiments"] = ["Byol.Data", "Byol.Optim", "Byol.Training"],
        ["Byol.Web"] = ["Byol.Runs", "Byol.Reports", "Byol.Maps", "Microsoft.AspNetCore", "Microsoft.Extensions.DependencyInjection"],
        ["Byol.OnnxRuntime"] =
            ["TorchSharp", "Microsoft.ML.OnnxRuntime", "Byol.Data", "Byol.Models", "Byol.Encoders", "Byol.Evaluation", "Byol.Export",
            "Byol.Runs", "Byol.TensorFiles"],
    };

    // The paper's ResNet-50 may be spoken of anywhere. The architecture is named in its own folder, in the list of kinds, where files of
    // others become one of ours or ours become theirs, and where users type it.
    private static readonly string[] MayNameResNet =
    [
        "Byol/Models/ResNet/", "Byol/Models/EncoderKinds.cs", "Byol/Encoders/ForeignResNet.cs",
        "Byol/Encoders/ForeignOnnxResNet", "Byol/Encoders/PretrainedEncoders.cs", "Byol/Export/OnnxResNet.cs",
        "Byol.Cli/Inputs/EncoderNames.cs",
    ];

    // The tool's rooms: what they may name beside the libraries.
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Byol.Cli/Terminal"] = [],
        ["Byol.Cli/Inputs"] = ["TorchSharp", "Byol.Cli.Terminal"],
        ["Byol.Cli/Exports"] = ["TorchSharp", "Byol.Cli.Inputs"],
        ["Byol.Cli/Machine"] = ["TorchSharp"],
        ["Byol.Cli/Evaluations"] = ["TorchSharp", "Byol.Cli.Terminal", "Byol.Cli.Inputs"],
        ["Byol.Cli/Experiments"] = ["Byol.Cli.Terminal", "Byol.Cli.Inputs"],
        ["Byol.Cli/Commands"] =
            ["TorchSharp", "Byol.Cli.Terminal", "Byol.Cli.Inputs", "Byol.Cli.Exports", "Byol.Cli.Machine", "Byol.Cli.Evaluations",
            "Byol.Cli.Experiments"],
    };

    public static TheoryData<string> Layers => [.. Allowed.Keys, .. Rooms.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_names_only_what_it_may(string layer)
    {
        var files = Sources(layer).ToList();
        Assert.NotEmpty(files);
        var own = layer.Replace('/', '.');
        foreach (var file in files)
        {
            foreach (var name in Names(File.ReadAllText(file))
                .Where(n => n != own && !n.StartsWith(own + ".", StringComparison.Ordinal) && !IsForAll(n)))
                Assert.True(May(layer).Any(a => name == a || name.StartsWith(a + ".", StringComparison.Ordinal)),
                    $"{Path.GetFileName(file)} in {layer} must not use {name}.");
        }
    }

    // Names without using lines are in the compiled code. What is looked at knows of runs what stands in their folders, and nothing that trains.
    [Theory]
    [InlineData("Byol", "Byol.Reports", "Byol.Runs", "Byol.Maps")]
    [InlineData("Byol.Web", "Byol.Web", "Byol.Runs", "Byol.Reports", "Byol.Maps")]
    public void Pages_know_runs_and_embeddings_alone_in_their_compiled_code_too(string assembly, string pages, params string[] known)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        var types = module.GetTypes().Where(t => Namespace(t) == pages).ToList();
        Assert.True(types.Count > 5);
        var named = types.SelectMany(Used).Select(Namespace).Distinct()
            .Where(n => n != pages && (n.StartsWith("Byol", StringComparison.Ordinal) || n.StartsWith("TorchSharp", StringComparison.Ordinal)));
        Assert.Equal(known.Order(), named.Order());

        static IEnumerable<TypeReference> Used(TypeDefinition type) => type.Fields.Select(f => f.FieldType)
            .Concat(type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand switch
            {
                MemberReference { DeclaringType: { } of } and not TypeReference => of,
                TypeReference of => of,
                _ => null,
            }).OfType<TypeReference>()).Select(t => t.GetElementType());

        static string Namespace(TypeReference type) => type.DeclaringType is { } outer ? Namespace(outer) : type.Namespace;
    }

    // A run draws its curve and its report when it has ended, and a failure of that is a warning (RunPicturesTests).
    [Fact]
    public void Training_speaks_of_pages_in_two_files_and_of_the_live_one_in_none()
    {
        Assert.Equal(["PretrainingRun.cs", "RunPictures.cs"],
            Sources("Byol/Training").Where(f => Names(File.ReadAllText(f)).Contains("Byol.Reports")).Select(f => Path.GetFileName(f)).Order());
        Assert.Equal(["src/Byol.Cli/Byol.Cli.csproj"],
            Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(p => File.ReadAllText(p).Contains("Byol.Web.csproj", StringComparison.Ordinal))
                .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/')));
    }

    [Fact]
    public void Nothing_but_its_folder_says_ResNet()
    {
        var named = Sources("").Where(file => Architecture().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file).Replace('\\', '/')).ToList();
        Assert.Equal([], named.Where(file => !MayNameResNet.Any(m => file.StartsWith(m, StringComparison.Ordinal))));
        Assert.All(MayNameResNet, m => Assert.Contains(named, file => file.StartsWith(m, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_folder_has_its_rule()
    {
        var folders = new[] { "Byol.Data", "Byol", "Byol.Cli" }
            .SelectMany(project => Directory.GetDirectories(Path.Combine(Repository.Root, "src", project))
                .Select(d => $"{project}/{Path.GetFileName(d)}"))
            .Where(f => Path.GetFileName(f) is not ("bin" or "obj" or "buildTransitive"));
        Assert.Equal(Allowed.Keys.Concat(Rooms.Keys).Order(StringComparer.Ordinal),
            folders.Append("Byol.OnnxRuntime").Append("Byol.Web").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("using Byol.Data.Views;", "Byol.Data.Views")]
    [InlineData("using static TorchSharp.torch;", "TorchSharp.torch")]
    [InlineData("using X86 = System.Runtime.Intrinsics.X86;", "System.Runtime.Intrinsics.X86")]
    [InlineData("    using var x = Open();", null)]
    public void The_reader_sees_using_lines_and_nothing_else(string line, string? name) =>
        Assert.Equal(name is null ? [] : [name], Names(line));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    private static IEnumerable<string> May(string layer) =>
        Allowed.TryGetValue(layer, out var names) ? names : Rooms[layer].Concat(Allowed.Keys.Select(k => k.Replace('/', '.')));

    private static IEnumerable<string> Names(string code) => UsingLine().Matches(code).Select(m => m.Groups[1].Value);

    // Settings are checked everywhere.
    private static bool IsForAll(string name) => name == "Byol.Setting" ||
        name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Microsoft.Win32", StringComparison.Ordinal);

    [GeneratedRegex(@"\bResNet(?!-\d)")]
    private static partial Regex Architecture();

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?([\w.]+);\r?$", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
