using System.CommandLine;

namespace Byol.Cli.Inputs;

/// <summary>What is said of an encoder's file that it does not say itself.</summary>
/// <param name="Recipe">Weights of other programs: how images are prepared; null if nothing is said.</param>
/// <param name="Model">Models of other programs: settings of their input, <c>key=value</c>.</param>
internal sealed record FileSaid(string? Recipe, IReadOnlyList<string> Model)
{
    /// <summary>Nothing.</summary>
    public static FileSaid Nothing { get; } = new(null, []);

    /// <summary>Throws if something was said that does not go with a file.</summary>
    /// <exception cref="ArgumentException">The message gives value, rule and remedy in one line.</exception>
    public void Require(string path, bool isModel)
    {
        if (isModel && Recipe is not null)
        {
            throw new ArgumentException(
                $"--recipe {Recipe} does not go with {path}: a model describes itself, or --onnx says what it is given; "
                + "leave --recipe out.");
        }
        if (!isModel && Model.Count > 0)
            throw new ArgumentException($"--onnx {Model[0]} does not go with {path}, which is not an .onnx; leave it out.");
    }
}

/// <summary>The options that say it, shared by the verbs that take an encoder's file.</summary>
internal sealed class FileSettings(string recipe = "Weights of other programs: how images are prepared.")
{
    private readonly Option<string?> _recipe = new("--recipe") { Description = recipe };
    private readonly Option<string[]> _model = Model();

    /// <summary>The option for models alone.</summary>
    public static Option<string[]> Model() => new("--onnx")
    {
        Description = "Models of other programs: their input, as in the file NAME.onnx.toml beside them. "
            + "--onnx preset=imagenet (or mlnet, plain); keys are preset, input, output, layout, image_size, fit, center_crop, color, scale, "
            + "mean, standard_deviation. May be given more than once.",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_recipe);
        command.Options.Add(_model);
    }

    /// <summary>What was typed.</summary>
    public FileSaid Of(ParseResult parsed) => new(parsed.GetValue(_recipe), parsed.GetValue(_model)!);
}
