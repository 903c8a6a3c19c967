using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Evaluation;

namespace Byol.Cli.Inputs;

/// <summary>The options that all experiments share.</summary>
internal sealed class ReproduceInputs
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Labeled images to train on; labels are used to score only. The images that come with byol by default. "
            + DataInput.Help,
    };
    private readonly Option<string?> _test = new("--test") { Description = "Labeled images that are classified; needed with --data." };
    private readonly Option<string?> _output = new("--out");
    private readonly Option<int> _seeds = new("--seeds")
    {
        Description = "Runs of each row, with seeds from --seed on.",
        DefaultValueFactory = _ => 1
    };
    private readonly string _name;

    public ReproduceInputs(string name, int epochs)
    {
        (_name, Recipe) = (name, new RecipeInputs("quickstart", epochs));
        _output.Description = $"The experiment's folder; runs/reproduce-{name} by default.";
    }

    public RecipeInputs Recipe { get; }

    public Option<bool> Json { get; } = Output.Json();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _test, _output, _seeds, Json]) command.Options.Add(option);
        Recipe.AddTo(command);
    }

    public int SeedCount(ParseResult parsed) => AtLeastOne(_seeds, parsed.GetValue(_seeds));

    /// <summary>A count as it was typed.</summary>
    public static int AtLeastOne(Option<int> option, int count) =>
        count is >= 1 and <= 100 ? count
            : throw new ArgumentException($"{option.Name} {count} must lie between 1 and 100; use for instance 3.");

    public string Folder(ParseResult parsed) => parsed.GetValue(_output) ?? Path.Combine("runs", $"reproduce-{_name}");

    public EvaluationTask Task(ParseResult parsed)
    {
        var (data, test) = (parsed.GetValue(_data), parsed.GetValue(_test));
        if (data is null != test is null)
        {
            var (given, missing) = data is null ? (_test.Name, _data.Name) : (_data.Name, _test.Name);
            throw new ArgumentException($"{given} needs {missing} too: images to train on, and others to classify.");
        }
        return new EvaluationTask(
            DataInput.Open(data ?? $"{KnownDataset.BundledName}:train"), DataInput.Open(test ?? $"{KnownDataset.BundledName}:validation"));
    }
}
