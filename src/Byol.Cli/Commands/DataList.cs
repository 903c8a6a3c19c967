using System.CommandLine;
using Byol.Cli.Terminal;
using Byol.Data.Datasets;

namespace Byol.Cli.Commands;

/// <summary>byol data list: the datasets that are known by name.</summary>
internal static class DataList
{
    public static Command Create()
    {
        var json = Output.Json();
        var command = new Command("list", "List the datasets that are known by name, and where they are.") { json };
        command.SetAction(parsed =>
        {
            var catalog = DatasetCatalog.FromEnvironment();
            var rows = KnownDataset.All.Select(d => new { d.Name, d.Splits, d.About, path = catalog.Locate(d) }).ToList();
            var text = Table.Format(["name", "splits"], [.. rows.Select(r => (IReadOnlyList<string>)[r.Name, string.Join(", ", r.Splits)])])
                + "\n" + string.Concat(rows.Select(r =>
                    $"  {r.Name}: {r.About}\n    {r.path ?? $"not on this machine: byol data get {r.Name}"}\n"));
            Output.Write(parsed.GetValue(json), new { datasets = rows }, text);
            return ExitCodes.Done;
        });
        return command;
    }
}
