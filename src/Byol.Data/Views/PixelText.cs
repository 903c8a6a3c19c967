namespace Byol.Data.Views;

/// <summary>The few words of a sheet as pixels: no font need be installed.</summary>
internal static class PixelText
{
    /// <summary>Pixels from the top of a line to its foot.</summary>
    public const int Height = 9;

    private const int Width = 5, Gap = 1;

    // Rows from the top of a letter, the leftmost pixel in the highest of five bits.
    private static readonly Dictionary<char, byte[]> Letters = new()
    {
        [' '] = [],
        ['0'] = [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
        ['1'] = [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        ['2'] = [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
        ['3'] = [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
        ['4'] = [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
        ['5'] = [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
        ['6'] = [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
        ['7'] = [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
        ['8'] = [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
        ['9'] = [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
        ['a'] = [0, 0, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111],
        ['c'] = [0, 0, 0b01110, 0b10001, 0b10000, 0b10001, 0b01110],
        ['e'] = [0, 0, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110],
        ['g'] = [0, 0, 0b01111, 0b10001, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110],
        ['h'] = [0b10000, 0b10000, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001],
        ['i'] = [0b00100, 0, 0b01100, 0b00100, 0b00100, 0b00100, 0b01110],
        ['l'] = [0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
        ['m'] = [0, 0, 0b11010, 0b10101, 0b10101, 0b10101, 0b10101],
        ['n'] = [0, 0, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001],
        ['o'] = [0, 0, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110],
        ['p'] = [0, 0, 0b11110, 0b10001, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000],
        ['t'] = [0b00100, 0b00100, 0b01110, 0b00100, 0b00100, 0b00100, 0b00011],
        ['u'] = [0, 0, 0b10001, 0b10001, 0b10001, 0b10011, 0b01101],
        ['v'] = [0, 0, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100],
        ['\''] = [0b01100, 0b00100, 0b01000],
    };

    /// <summary>Pixels of a word from left to right.</summary>
    public static int Length(string word) => word.Length * (Width + Gap) - Gap;

    /// <summary>Sets the pixels of a word.</summary>
    /// <param name="word">Of the letters that there are.</param>
    /// <param name="x">Its left.</param>
    /// <param name="y">Its top.</param>
    /// <param name="set">Sets a pixel.</param>
    public static void Draw(string word, int x, int y, Action<int, int> set)
    {
        foreach (var (place, letter) in word.Index())
        {
            foreach (var (row, bits) in Letters[letter].Index())
            {
                for (var column = 0; column < Width; column++)
                {
                    if ((bits >> (Width - 1 - column) & 1) == 1) set(x + place * (Width + Gap) + column, y + row);
                }
            }
        }
    }
}
