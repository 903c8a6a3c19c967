using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;
using Byol.Evaluation;
using Byol.Models;

namespace Byol.Cli.Inputs;

/// <summary>The options from which a protocol is resolved.</summary>
internal sealed class ProtocolInputs
{
    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = "knn; linear: logistic regression on frozen features; linear-sgd: the paper's, on random crops; "
            + "finetune: all weights; supervised: from random weights.",
        DefaultValueFactory = _ => ChosenProtocol.Knn,
    };
    private readonly Option<int?> _neighbors = new("--k")
    {
        Description = "knn: neighbors that vote. By default 200 if every class has that many labels, otherwise the largest of 5, 10, 20, "
            + "50, 100 that the smallest class has (1 below 5).",
    };
    private readonly Option<double> _temperature = new("--temperature")
    {
        Description = "knn: the temperature; a lower one gives near neighbors more weight.",
        DefaultValueFactory = _ => new KnnOptions().Temperature,
    };
    private readonly Option<int?> _epochs = new("--epochs")
    {
        Description = "linear-sgd, finetune, supervised: passes over the labeled images."
    };
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "linear-sgd, finetune, supervised: images per step." };
    private readonly Option<double?> _learningRate = new("--learning-rate") { Description = "finetune, supervised: learning rate of the encoder." };
    private readonly Option<double?> _headLearningRate = new("--head-learning-rate")
    {
        Description = "finetune, supervised: learning rate of the linear classifier."
    };
    private readonly Option<double?> _weightDecay = new("--weight-decay") { Description = "finetune, supervised." };
    private readonly Option<Precision> _precision = new("--precision") { Description = "auto, float32 or bfloat16." };

    public void AddTo(Command command)
    {
        foreach (var option in Settings.Prepend(_protocol).Append(_precision)) command.Options.Add(option);
    }

    private IEnumerable<Option> Settings =>
        [_neighbors, _temperature, _epochs, _batchSize, _learningRate, _headLearningRate, _weightDecay];

    public ChosenProtocol Resolve(ParseResult parsed)
    {
        var name = parsed.GetValue(_protocol)!;
        if (!ChosenProtocol.Names.Contains(name))
            throw new ArgumentException($"Protocol {name} is not known{NearestName.Suggest(name, ChosenProtocol.Names)}");
        Option[] fitting = name switch
        {
            ChosenProtocol.Knn => [_neighbors, _temperature],
            ChosenProtocol.Linear => [],
            ChosenProtocol.LinearSgd => [_epochs, _batchSize],
            _ => [_epochs, _batchSize, _learningRate, _headLearningRate, _weightDecay],
        };
        foreach (var option in Settings)
        {
            if (IsGiven(option) && !fitting.Contains(option))
                throw new ArgumentException($"{option.Name} does not go with --protocol {name}; leave it out.");
        }

        Protocol protocol = name switch
        {
            ChosenProtocol.Knn => new KnnProtocol(new KnnOptions(parsed.GetValue(_neighbors), parsed.GetValue(_temperature))),
            ChosenProtocol.Linear => new LinearProtocol(),
            ChosenProtocol.LinearSgd => new LinearSgdProtocol(LinearSgd(new LinearSgdOptions())),
            ChosenProtocol.FineTuned => new FineTuneProtocol(FineTune(new FineTuneOptions())),
            _ => new SupervisedProtocol(FineTune(FineTuneOptions.FromScratch)),
        };
        protocol.Warn = Warnings.Print;
        return new ChosenProtocol(name, protocol, parsed.GetValue(_precision));

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

        LinearSgdOptions LinearSgd(LinearSgdOptions usual) =>
            new(parsed.GetValue(_epochs) ?? usual.Epochs, parsed.GetValue(_batchSize) ?? usual.BatchSize);

        FineTuneOptions FineTune(FineTuneOptions usual) => new(
            epochs: parsed.GetValue(_epochs) ?? usual.Epochs,
            leastSteps: IsGiven(_epochs) ? 0 : usual.LeastSteps,   // who asks for epochs gets them
            batchSize: parsed.GetValue(_batchSize) ?? usual.BatchSize,
            encoderLearningRate: parsed.GetValue(_learningRate) ?? usual.EncoderLearningRate,
            headLearningRate: parsed.GetValue(_headLearningRate) ?? usual.HeadLearningRate,
            weightDecay: parsed.GetValue(_weightDecay) ?? usual.WeightDecay);
    }
}
