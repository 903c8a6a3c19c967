using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Data.Views;
using Byol.Encoders;
using Byol.Training;
using static TorchSharp.torch;

namespace Byol.Cli.Inputs;

/// <summary>The encoder that a run begins with, and the recipe that continues it: architecture and normalization are the encoder's, and
/// everything else is what was asked for.</summary>
internal sealed class InitialEncoder : IDisposable
{
    private const string Remedy = "leave that option out to resume the run, or start one in another --out.";

    private InitialEncoder(string name, OpenedEncoder opened, Recipe recipe) => (Name, Opened, Recipe) = (name, opened, recipe);

    /// <summary>As it was typed, or its file.</summary>
    public string Name { get; }

    /// <summary>The encoder.</summary>
    public OpenedEncoder Opened { get; }

    /// <summary>The recipe.</summary>
    public Recipe Recipe { get; }

    /// <summary>What is printed before training.</summary>
    public string Beginning => $"Beginning with {Name}: {ForeignNotice.Tensors(Opened)}"
        + (Opened.Origin?.Assumption is { } assumption ? $"\n  {assumption}" : "");

    /// <summary>Opens the encoder.</summary>
    /// <param name="typed">A run, a file or a name.</param>
    /// <param name="said">What its file does not say.</param>
    /// <param name="images">Opens those that it will be trained on.</param>
    /// <param name="resolve">Applies what was typed to a recipe of this encoder.</param>
    /// <exception cref="ArgumentException">There is no such encoder, or it is not the one that was asked for.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no encoder that can be trained.</exception>
    public static InitialEncoder Open(string typed, FileSaid said, Func<IDataset> images, Func<Recipe, Recipe> resolve)
    {
        var path = EncoderInput.Path(typed);
        var name = NamedEncoder.Find(typed)?.Name ?? path;
        var isModel = EncoderInput.IsOnnx(path);
        said.Require(path, isModel);
        var opened = isModel ? EncoderFile.OpenOnnx(path, CPU, images(), said.Model) : EncoderFile.Open(path, CPU);
        try
        {
            var recipe = resolve(new Recipe().For(opened.Description));
            if (recipe.Encoder != opened.Description.Architecture && opened.Origin?.Assumption is not null && !isModel)
            {
                opened.Dispose();       // what was assumed may have been meant otherwise
                opened = EncoderFile.Open(path, CPU, EncoderInput.AsIn(recipe));
            }
            RequireSame(name, opened, recipe);
            recipe.Validate();
            return new InitialEncoder(name, opened, recipe);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Requires that it is what a run began with: the command that resumes the run names it again.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="ArgumentException">The run began with something else.</exception>
    public void RequireBegan(PretrainingRun run)
    {
        if (!File.Exists(run.InitialEncoderPath))
            throw new ArgumentException($"The run in {run.Folder} began with random weights, not with --init-from {Name}; {Remedy}");
        using var began = EncoderFile.Open(run.InitialEncoderPath, CPU);
        if (began.Description.Weights != Opened.Description.Weights)
            throw new ArgumentException($"The run in {run.Folder} began with another encoder than --init-from {Name}; {Remedy}");
    }

    private static void RequireSame(string name, OpenedEncoder opened, Recipe recipe)
    {
        var (found, wanted) = (opened.Description.Architecture, recipe.Encoder);
        if (!wanted.HasWeightsOf(found))
        {
            throw new ArgumentException(
                $"{name} is a {found}, and the recipe or an option asks for a {wanted}; leave that out, or use "
                + $"{EncoderNames.Options(found)}.");
        }
        var trained = new Recipe().For(opened.Description).Views;
        if (opened.Origin is not null || Normalization(trained) == Normalization(recipe.Views)) return;
        throw new ArgumentException(
            $"{name} was trained with {Normalization(trained)}, and the recipe or an option asks for {Normalization(recipe.Views)}; "
            + "leave views.mean and views.standard_deviation out.");
    }

    private static string Normalization(ViewOptions views) =>
        $"mean {string.Join(' ', views.Mean.ToArray())} and std {string.Join(' ', views.StandardDeviation.ToArray())}";

    public void Dispose() => Opened.Dispose();
}
