using System.Globalization;
using System.Text.RegularExpressions;

namespace Byol.Faults.Fuzzing;

/// <summary>Ways to damage a text that has a grammar: its words are left out, doubled, exchanged and replaced.</summary>
/// <param name="words">Words that such texts have, to be put in.</param>
internal sealed partial class TextMutation(IReadOnlyList<string> words)
{
    private const int LongestRepeat = 3000;

    private static readonly string[] Numbers =
    [
        .. Mutation.Boundaries.Select(b => b.ToString(CultureInfo.InvariantCulture)), "-0", "0.0", "1e308", "1e400", "-1e400", "1e-400",
        "nan", "inf", "-inf", "0x7fffffff", "99999999999999999999", "1_0", "0.1", "1.5",
    ];

    /// <summary>Damages a text in one to four ways.</summary>
    public string Damage(Random random, string sound)
    {
        var tokens = Token().Matches(sound).Select(m => m.Value).ToList();
        for (var ways = random.Next(1, 5); ways > 0; ways--) Once(random, tokens);
        return string.Concat(tokens);
    }

    private void Once(Random random, List<string> tokens)
    {
        if (tokens.Count == 0) tokens.Add(Word(random));
        var (at, other) = (random.Next(tokens.Count), random.Next(tokens.Count));
        switch (random.Next(9))
        {
            case 0: tokens.RemoveRange(at, Math.Min(random.Next(1, 9), tokens.Count - at)); break;
            case 1: tokens.Insert(at, tokens[other]); break;
            case 2: tokens.InsertRange(at, tokens.GetRange(other, Math.Min(random.Next(1, 20), tokens.Count - other))); break;
            case 3: (tokens[at], tokens[other]) = (tokens[other], tokens[at]); break;
            case 4: tokens[at] = Word(random); break;
            case 5: tokens[Near(random, tokens, at, t => char.IsAsciiDigit(t[0]))] = Numbers[random.Next(Numbers.Length)]; break;
            case 6: tokens[at] = Characters(random, tokens[at]); break;
            case 7 when random.Next(100) == 0:
                tokens[at] = string.Concat(Enumerable.Repeat(Word(random), random.Next(LongestRepeat)));
                break;
            default: tokens.Insert(at, Word(random)); break;
        }
    }

    private string Word(Random random) => random.Next(4) == 0 ? Numbers[random.Next(Numbers.Length)] : words[random.Next(words.Count)];

    private static int Near(Random random, List<string> tokens, int at, Predicate<string> wanted) =>
        tokens.FindIndex(at, wanted) is >= 0 and var found ? found : random.Next(tokens.Count);

    private static string Characters(Random random, string token)
    {
        var characters = token.ToCharArray();
        characters[random.Next(characters.Length)] = (char)(random.Next(8) == 0 ? random.Next(0x10000) : random.Next(128));
        return new string(characters);
    }

    [GeneratedRegex(@"\w+|\s+|.", RegexOptions.Singleline)]
    private static partial Regex Token();
}
