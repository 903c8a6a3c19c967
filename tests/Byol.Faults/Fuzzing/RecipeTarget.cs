using System.Text;
using Byol.Training;

namespace Byol.Faults.Fuzzing;

/// <summary>Recipes: damaged in their words, some anywhere. One that is accepted is written and read again, and must be the same.</summary>
internal sealed class RecipeTarget : IFuzzTarget
{
    private static readonly TextMutation Toml = new(
    [
        "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\"", "'", "\"\"\"", "'''", "#", "\n", "\\", "\\u0000", "\\uD800", "\ud800", "\0",
        "true", "false", "nan", "-inf", "1979-05-27T07:32:00Z", "07:32:00", "0xff", "0b1", "1_000", "[[a]]", "{a=1}", "a.b.c=1",
        "[encoder]", "[training]", "[a.b]", "seed", "epochs", "crop_area", "[1,2]", "[1.0,2.0,3.0]", "\"resnet\"", "\"small\"",
        "{a={", "[ ", "a.",
    ]);

    private readonly string[] _seeds =
        [RecipeFile.Format(new Recipe()), .. RecipeFile.Names.Select(RecipeFile.Text).Select(WithoutComments)];

    public string Name => "recipe";

    public void Prepare(string folder)
    {
    }

    public FuzzInput Mutate(Random random)
    {
        var seed = _seeds[random.Next(_seeds.Length)];
        var sections = seed.Split("\n[");
        var sound = random.Next(8) == 0 ? seed : $"[{sections[random.Next(1, sections.Length)]}";   // one section is read faster
        var text = Encoding.UTF8.GetBytes(random.Next(8) == 0 ? sound : Toml.Damage(random, sound));
        return new FuzzInput("x.toml", random.Next(8) == 0 ? Mutation.Damage(random, text, text, text.Length) : text);
    }

    public void Read(string path)
    {
        var recipe = RecipeFile.Open(path);
        try
        {
            recipe.Validate();
        }
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException))
        {
            throw new ArgumentException($"{path}: {e.Message}", e);   // says which value; of which file, the caller knows
        }
        if (RecipeFile.Parse(RecipeFile.Format(recipe), "again") != recipe)
            throw new InvalidOperationException("The recipe is another one when it has been written and read again.");
    }

    public bool IsRefusal(Exception e) => e is RecipeException || e.GetType() == typeof(ArgumentException);

    private static string WithoutComments(string toml) => string.Join('\n', toml.Split('\n').Where(l => !l.StartsWith('#')));
}
