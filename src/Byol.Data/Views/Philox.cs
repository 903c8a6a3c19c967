namespace Byol.Data.Views;

/// <summary>Philox4x32-10 (Salmon et al. 2011): random numbers as a pure function of a key and a counter, so that any of them can be had
/// without drawing those before it.</summary>
internal struct Philox
{
    private readonly uint _key0, _key1, _c1, _c2, _c3;
    private uint _block;
    private UInt128 _words;
    private int _left;

    /// <summary>Opens the stream of a key and three counter words; the fourth counts blocks within the stream.</summary>
    /// <param name="key">For instance a seed.</param>
    /// <param name="c1">First word that tells streams apart.</param>
    /// <param name="c2">Second.</param>
    /// <param name="c3">Third.</param>
    public Philox(ulong key, uint c1, uint c2, uint c3) => (_key0, _key1, _c1, _c2, _c3) = ((uint)key, (uint)(key >> 32), c1, c2, c3);

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            var (x0, x1, x2, x3) = Block(_block++, _c1, _c2, _c3, _key0, _key1);
            _words = new UInt128((ulong)x3 << 32 | x2, (ulong)x1 << 32 | x0);
            _left = 4;
        }
        var word = (uint)_words;
        _words >>= 32;
        _left--;
        return word;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        var high = NextUInt32() >> 5;
        return (high * 67108864.0 + (NextUInt32() >> 6)) / 9007199254740992.0;
    }

    /// <summary>Uniform in [low, high).</summary>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 to <paramref name="count"/> − 1, every value exactly as likely (Lemire 2019).</summary>
    /// <param name="count">At least 1.</param>
    public int NextInt(int count)
    {
        var bound = (uint)count;
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            var rejected = (uint)-bound % bound;
            while ((uint)product < rejected) product = (ulong)NextUInt32() * bound;
        }
        return (int)(product >> 32);
    }

    /// <summary>The bare function: ten rounds on a counter of four words.</summary>
    internal static (uint, uint, uint, uint) Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53UL * c0;
            var p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }
}
