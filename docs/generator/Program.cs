// Writes the pages of the reference that follow from the code: a page for each verb, and the settings of recipes.
//   dotnet run --project docs/generator -c Release
// They are committed; a test says when they are stale.
using Byol.Docs;

foreach (var page in ReferencePages.All())
{
    var path = Path.Combine(args.ElementAtOrDefault(0) ?? "docs/reference", page.Path);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllText(path, page.Text);
    Console.WriteLine($"Wrote {path}");
}
