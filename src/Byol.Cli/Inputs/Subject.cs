using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Images;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Evaluation;
using Byol.Interop;
using Byol.Models;
using Byol.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Byol.Cli.Inputs;

/// <summary>What byol evaluate scores: the encoder of a file, or one of the baselines by its name.</summary>
/// <param name="Name">One of <see cref="Names"/>, or null for a file.</param>
/// <param name="Path">The file; null for a baseline.</param>
/// <param name="Encoder">The architecture, also of the untrained encoders beside it; its representation is as large as the pixels'
/// principal components are many.</param>
/// <param name="Views">Size, center crop and normalization.</param>
internal sealed record Subject(string? Name, string? Path, EncoderOptions Encoder, ViewOptions Views)
{
    public const string Random = "random", RawPixels = "raw-pixels", Components = "pca", DefaultRecipe = "folder", Ours = "BYOL encoder";

    private const int LeastSize = 8;   // of ViewOptions

    /// <summary>The name in tables of the encoder of the file.</summary>
    public string Title { get; private init; } = Ours;

    /// <summary>Tiles that images are cut into; null for whole ones.</summary>
    public (int Count, TilePooling Pooling)? Tiles { get; init; }

    /// <summary>How its images are read.</summary>
    public ImageOptions Images { get; private init; } = new();

    /// <summary>What the recipe says in place of a file that does not describe itself.</summary>
    private EncoderDescription? Otherwise { get; init; }

    /// <summary>What was said of the file.</summary>
    private FileSaid Said { get; init; } = FileSaid.Nothing;

    public static IReadOnlyList<string> Names { get; } = [Random, RawPixels, Components];

    /// <summary>The baseline that it is; null for a file.</summary>
    public Baseline? Baseline => Name switch
    {
        Random => Evaluation.Baseline.UntrainedEncoder,
        RawPixels => Evaluation.Baseline.RawPixels,
        Components => Evaluation.Baseline.PixelComponents,
        _ => null,
    };

    public static Argument<string> Argument() => new("encoder")
    {
        Description = "A run folder, an encoder's file (safetensors, .pt, .pth, .onnx), a name of byol encoders list, or without "
            + "training: random (untrained weights), raw-pixels, pca (of pixels).",
    };

    public static FileSettings Settings() => new(
        $"random, raw-pixels, pca: architecture and size of views; {DefaultRecipe} by default, "
            + "and smaller images keep their size. Weights of other programs: how images are prepared.");

    /// <summary>The subject as it was typed.</summary>
    /// <param name="typed">A run folder, a file or a name.</param>
    /// <param name="said">What was said of it.</param>
    /// <param name="open">Opens images, which show how large they are.</param>
    /// <exception cref="ArgumentException">There is no such encoder, or a file and a recipe were both given.</exception>
    public static Subject Find(string typed, FileSaid said, Func<ImageOptions, IDataset> open)
    {
        if (!Names.Contains(typed)) return FromFile(typed, said, Names);
        if (said.Recipe is { } recipe) return Of(RecipeFile.Open(recipe, Warnings.Print));
        var usual = Of(RecipeFile.Open(DefaultRecipe));
        var first = open(usual.Images).Read(0);
        var side = Math.Min(first.SourceWidth, first.SourceHeight);
        return side < usual.Views.ImageSize ? usual with { Views = usual.Views with { ImageSize = Math.Max(side, LeastSize) } } : usual;

        Subject Of(Recipe known) => new(typed, null, known.Encoder, known.Views) { Images = known.Images };
    }

    /// <summary>The encoder of a run or of a file.</summary>
    /// <param name="typed">A run folder, a file (safetensors, .pt, .pth, .onnx) or a name.</param>
    /// <param name="said">What the file does not say.</param>
    /// <param name="others">Names that might have been typed too, for the message.</param>
    /// <exception cref="ArgumentException">There is no such file, or a setting was given that the file has itself.</exception>
    public static Subject FromFile(string typed, FileSaid said, params IReadOnlyList<string> others)
    {
        var path = EncoderInput.Path(typed, others);
        if (EncoderInput.IsOnnx(path))
        {
            using var model = EncoderInput.OpenOnnx(path, said, notice: true);
            // Of a model of another program there is no untrained one: what stands beside it is the usual encoder.
            var beside = model.Notes.Count == 0 ? model.Description.Architecture : RecipeFile.Open(DefaultRecipe).Encoder;
            return new Subject(null, path, beside, model.Preprocessing.ToViews())
            {
                Images = model.Preprocessing.Images,
                Said = said, Title = model.Notes.Count == 0 ? Ours : System.IO.Path.GetFileName(path),
            };
        }
        var (opened, otherwise) = EncoderInput.OpenWeights(path, said);
        using var _ = opened;
        return new Subject(null, path, opened.Description.Architecture, opened.Description.Preprocessing.ToViews())
        {
            Images = opened.Description.Preprocessing.Images,
            Otherwise = otherwise,
            Title = NamedEncoder.Find(typed)?.Name ?? (opened.Origin is null ? Ours : System.IO.Path.GetFileName(path)),
        };
    }

    /// <summary>The subject as protocols take it: the file's encoder, or untrained weights.</summary>
    /// <param name="precision">The type to compute in; an .onnx is fp32.</param>
    /// <param name="seed">Draws untrained weights.</param>
    public EncoderSubject ToScore(Precision precision, ulong seed)
    {
        var file = new EncoderSubject(Title, Encoder, Views, precision, TorchRuntime.DefaultDevice, () => Open(precision), _ => Weights());
        var subject = Path is null ? file.Untrained(seed) : file;
        return Tiles is { } tiled ? subject.InTiles(tiled.Count, tiled.Pooling) : subject;
    }

    private IImageEncoder Open(Precision precision) => EncoderInput.IsOnnx(Path!)
        ? EncoderInput.OpenOnnx(Path!, Said)
        : new EncoderDescription(Encoder, Preprocessing.Of(Views))
            .ToImageEncoder(Path!, Weights(), precision, TorchRuntime.DefaultDevice);

    // Fresh from its file.
    private Module<Tensor, Tensor> Weights() =>
        !EncoderInput.IsOnnx(Path!) ? EncoderFile.Open(Path!, TorchRuntime.DefaultDevice, Otherwise).Network
            : throw new ArgumentException(
                $"{Path} can be run and not trained; give the run or the weights that it was exported from, or make weights of a residual "
                + "network: byol export MODEL --out weights.safetensors.");
}
