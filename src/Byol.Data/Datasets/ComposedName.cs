using System.Text;

namespace Byol.Data.Datasets;

/// <summary>Letters and their accents as one character, as most systems write names; macOS takes them apart. .NET's own normalization needs
/// ICU, which programs without a culture do not have.</summary>
/// <remarks>The pairs are the canonical compositions of Unicode up to U+FFFF, without those it excludes; the test asks Python for them.
/// Hangul is arithmetic.</remarks>
internal static class ComposedName
{
    private const int Leading = 0x1100, Vowels = 0x1161, Trailing = 0x11A7, Syllables = 0xAC00, LeadingCount = 19, VowelCount = 21,
        TrailingCount = 28;

    // A mark, then letters, each before what becomes of it.
    private static readonly (char Mark, string Letters)[] Table =
    [
        ('\u0300', "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳ\u00a8\u1fedÂẦÊỀÔỒÜǛâầêềôồüǜĂẰăằĒḔēḕŌṐōṑƠỜơờƯỪưừΑᾺΕῈΗῊΙῚΟῸΥῪΩῺαὰεὲηὴιὶοὸυὺωὼϊῒϋῢЕЀИЍ"),
        ('\u0300', "еѐиѝἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫ\u1fbf\u1fcd\u1ffe\u1fdd"),
        ('\u0301', "AÁCĆEÉGǴIÍKḰLĹMḾNŃOÓPṔRŔSŚUÚWẂYÝZŹaácćeégǵiíkḱlĺmḿnńoópṕrŕsśuúwẃyýzź\u00a8\u0385ÂẤÅǺÆǼÇḈÊẾÏḮÔỐÕṌØǾÜǗâấåǻæǽçḉêếïḯôốõṍ"),
        ('\u0301', "øǿüǘĂẮăắĒḖēḗŌṒōṓŨṸũṹƠỚơớƯỨưứΑΆΕΈΗΉΙΊΟΌΥΎΩΏαάεέηήιίοόυύωώϊΐϋΰϒϓГЃКЌгѓкќἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝ"),
        ('\u0301', "ὠὤὡὥὨὬὩὭ\u1fbf\u1fce\u1ffe\u1fde"),
        ('\u0302', "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑẠẬạậẸỆẹệỌỘọộ"),
        ('\u0303', "AÃEẼIĨNÑOÕUŨVṼYỸaãeẽiĩnñoõuũvṽyỹÂẪÊỄÔỖâẫêễôỗĂẴăẵƠỠơỡƯỮưữ"),
        ('\u0304', "AĀEĒGḠIĪOŌUŪYȲaāeēgḡiīoōuūyȳÄǞÆǢÕȬÖȪÜǕäǟæǣõȭöȫüǖǪǬǫǭȦǠȧǡȮȰȯȱΑᾹΙῙΥῩαᾱιῑυῡИӢУӮиӣуӯḶḸḷḹṚṜṛṝ"),
        ('\u0306', "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭȨḜȩḝΑᾸΙῘΥῨαᾰιῐυῠАӐЕӖЖӁИЙУЎаӑеӗжӂийуўẠẶạặ"),
        ('\u0307', "AȦBḂCĊDḊEĖFḞGĠHḢIİMṀNṄOȮPṖRṘSṠTṪWẆXẊYẎZŻaȧbḃcċdḋeėfḟgġhḣmṁnṅoȯpṗrṙsṡtṫwẇxẋyẏzżŚṤśṥŠṦšṧſẛṢṨṣṩ"),
        ('\u0308', "AÄEËHḦIÏOÖUÜWẄXẌYŸaäeëhḧiïoötẗuüwẅxẍyÿÕṎõṏŪṺūṻΙΪΥΫιϊυϋϒϔІЇАӒЕЁЖӜЗӞИӤОӦУӰЧӴЫӸЭӬаӓеёжӝзӟиӥоӧуӱчӵыӹэӭіїӘӚәӛӨӪөӫ"),
        ('\u0309', "AẢEẺIỈOỎUỦYỶaảeẻiỉoỏuủyỷÂẨÊỂÔỔâẩêểôổĂẲăẳƠỞơởƯỬưử"),
        ('\u030a', "AÅUŮaåuůwẘyẙ"),
        ('\u030b', "OŐUŰoőuűУӲуӳ"),
        ('\u030c', "AǍCČDĎEĚGǦHȞIǏKǨLĽNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzžÜǙüǚƷǮʒǯ"),
        ('\u030f', "AȀEȄIȈOȌRȐUȔaȁeȅiȉoȍrȑuȕѴѶѵѷ"),
        ('\u0311', "AȂEȆIȊOȎRȒUȖaȃeȇiȋoȏrȓuȗ"),
        ('\u0313', "ΑἈΕἘΗἨΙἸΟὈΩὨαἀεἐηἠιἰοὀρῤυὐωὠ"),
        ('\u0314', "ΑἉΕἙΗἩΙἹΟὉΡῬΥὙΩὩαἁεἑηἡιἱοὁρῥυὑωὡ"),
        ('\u031b', "OƠUƯoơuư"),
        ('\u0323', "AẠBḄDḌEẸHḤIỊKḲLḶMṂNṆOỌRṚSṢTṬUỤVṾWẈYỴZẒaạbḅdḍeẹhḥiịkḳlḷmṃnṇoọrṛsṣtṭuụvṿwẉyỵzẓƠỢơợƯỰưự"),
        ('\u0324', "UṲuṳ"),
        ('\u0325', "AḀaḁ"),
        ('\u0326', "SȘTȚsștț"),
        ('\u0327', "CÇDḐEȨGĢHḨKĶLĻNŅRŖSŞTŢcçdḑeȩgģhḩkķlļnņrŗsştţ"),
        ('\u0328', "AĄEĘIĮOǪUŲaąeęiįoǫuų"),
        ('\u032d', "DḒEḘLḼNṊTṰUṶdḓeḙlḽnṋtṱuṷ"),
        ('\u032e', "HḪhḫ"),
        ('\u0330', "EḚIḬUṴeḛiḭuṵ"),
        ('\u0331', "BḆDḎKḴLḺNṈRṞTṮZẔbḇdḏhẖkḵlḻnṉrṟtṯzẕ"),
        ('\u0338', "<\u226e=\u2260>\u226f\u2190\u219a\u2192\u219b\u2194\u21ae\u21d0\u21cd\u21d2\u21cf\u21d4\u21ce\u2203\u2204"),
        ('\u0338', "\u2208\u2209\u220b\u220c\u2223\u2224\u2225\u2226\u223c\u2241\u2243\u2244\u2245\u2247\u2248\u2249\u224d\u226d"),
        ('\u0338', "\u2261\u2262\u2264\u2270\u2265\u2271\u2272\u2274\u2273\u2275\u2276\u2278\u2277\u2279\u227a\u2280\u227b\u2281"),
        ('\u0338', "\u227c\u22e0\u227d\u22e1\u2282\u2284\u2283\u2285\u2286\u2288\u2287\u2289\u2291\u22e2\u2292\u22e3\u22a2\u22ac"),
        ('\u0338', "\u22a8\u22ad\u22a9\u22ae\u22ab\u22af\u22b2\u22ea\u22b3\u22eb\u22b4\u22ec\u22b5\u22ed"),
        ('\u0342', "\u00a8\u1fc1αᾶηῆιῖυῦωῶϊῗϋῧἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯ\u1fbf\u1fcf\u1ffe\u1fdf"),
        ('\u0345', "ΑᾼΗῌΩῼάᾴήῄαᾳηῃωῳώῴἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲ"),
        ('\u0345', "ὴῂὼῲᾶᾷῆῇῶῷ"),
        ('\u0653', "\u0627\u0622"),
        ('\u0654', "\u0627\u0623\u0648\u0624\u064a\u0626\u06c1\u06c2\u06d2\u06d3\u06d5\u06c0"),
        ('\u0655', "\u0627\u0625"),
        ('\u093c', "\u0928\u0929\u0930\u0931\u0933\u0934"),
        ('\u09be', "\u09c7\u09cb"),
        ('\u09d7', "\u09c7\u09cc"),
        ('\u0b3e', "\u0b47\u0b4b"),
        ('\u0b56', "\u0b47\u0b48"),
        ('\u0b57', "\u0b47\u0b4c"),
        ('\u0bbe', "\u0bc6\u0bca\u0bc7\u0bcb"),
        ('\u0bd7', "\u0b92\u0b94\u0bc6\u0bcc"),
        ('\u0c56', "\u0c46\u0c48"),
        ('\u0cc2', "\u0cc6\u0cca"),
        ('\u0cd5', "\u0cbf\u0cc0\u0cc6\u0cc7\u0cca\u0ccb"),
        ('\u0cd6', "\u0cc6\u0cc8"),
        ('\u0d3e', "\u0d46\u0d4a\u0d47\u0d4b"),
        ('\u0d57', "\u0d46\u0d4c"),
        ('\u0dca', "\u0dd9\u0dda\u0ddc\u0ddd"),
        ('\u0dcf', "\u0dd9\u0ddc"),
        ('\u0ddf', "\u0dd9\u0dde"),
        ('\u102e', "\u1025\u1026"),
        ('\u1b35', "\u1b05\u1b06\u1b07\u1b08\u1b09\u1b0a\u1b0b\u1b0c\u1b0d\u1b0e\u1b11\u1b12\u1b3a\u1b3b\u1b3c\u1b3d\u1b3e\u1b40"),
        ('\u1b35', "\u1b3f\u1b41\u1b42\u1b43"),
        ('\u3099', "うゔかがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼゝゞウヴカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボワヷヰヸヱヹヲヺヽヾ"),
        ('\u309a', "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"),
    ];

    private static readonly Dictionary<(char Letter, char Mark), char> Composed =
        (from row in Table
         from at in Enumerable.Range(0, row.Letters.Length / 2)
         select (Key: (row.Letters[2 * at], row.Mark), Value: row.Letters[2 * at + 1])).ToDictionary(c => c.Key, c => c.Value);

    /// <summary>The name with every letter and the marks behind it as one character, if there is one.</summary>
    /// <param name="name">Any text.</param>
    public static string Of(string name)
    {
        if (name.All(char.IsAscii)) return name;
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (text.Length > 0 && Pair(text[^1], c) is { } one) text[^1] = one;
            else text.Append(c);
        }
        return text.ToString();
    }

    private static char? Pair(char letter, char mark)
    {
        if (Composed.TryGetValue((letter, mark), out var composed)) return composed;
        var (l, v, t) = (letter - Leading, mark - Vowels, mark - Trailing);
        if (l is >= 0 and < LeadingCount && v is >= 0 and < VowelCount) return (char)(Syllables + (l * VowelCount + v) * TrailingCount);
        var syllable = letter - Syllables;
        var isOpen = syllable is >= 0 and < LeadingCount * VowelCount * TrailingCount && syllable % TrailingCount == 0;
        return isOpen && t is > 0 and < TrailingCount
            ? (char)(letter + t)
            : null;
    }
}
