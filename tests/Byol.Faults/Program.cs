using System.CommandLine;
using System.CommandLine.Help;
using Byol.Cli.Terminal;
using Byol.Faults.Fuzzing;
using Byol.Faults.Gpu;
using Byol.Faults.Numerics;
using Byol.Faults.Ranks;
using Byol.Faults.Soaking;
using Byol.Faults.Trials;

var recipe = new Option<string>("--recipe") { Description = "Whose encoder.", DefaultValueFactory = _ => "cifar10-small" };
var folder = new Option<string>("--out") { Description = "A folder on the disk to measure; it must not exist.", Required = true };
var cost = new Command("cost", "Measure what a save costs.") { recipe, folder };
cost.SetAction(parsed => SaveCost.Print(parsed.GetValue(recipe)!, parsed.GetValue(folder)!));

var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
var race = new Command("race", "Show the race of TorchSharp's Scalars without protection; it may end this process.") { seconds };
race.SetAction(parsed => ScalarRace.Loop(TimeSpan.FromSeconds(parsed.GetValue(seconds))));

var caches = new Command("caches", "Show oneDNN's own 1x1 convolution; BYOL_FORCE_CACHES=hidden is where it is wrong.");
caches.SetAction(_ => HiddenCaches.Print());

var faults = new Command("faults", "Breaks things on purpose and counts what is lost.")
{
    new HelpOption(), FuzzCommand.Create(), RunCommand.Create(), RanksCommand.Create(), GpuCommand.Create(), cost, race, caches,
};
return ExitCodes.Run(faults, args);
