using System.CommandLine;
using Byol.Encoders;
using Byol.Evaluation;

namespace Byol.Cli.Inputs;

/// <summary>The options by which an encoder sees large images in tiles, shared by the verbs that embed.</summary>
internal sealed class TileInputs
{
    private readonly Option<int?> _tiles = new("--tiles")
    {
        Description = "Cut each image into this many tiles (4, 9), embed each, and pool the embeddings: small things in large images stay "
            + "visible. The time grows with the number of tiles.",
    };
    private readonly Option<TilePooling?> _pool = new("--pool") { Description = "With --tiles: mean (the default) or max." };

    public void AddTo(Command command)
    {
        command.Options.Add(_tiles);
        command.Options.Add(_pool);
    }

    /// <summary>The requested encoder; the given one must not be used afterwards.</summary>
    public IImageEncoder Apply(ParseResult parsed, IImageEncoder encoder) =>
        Of(parsed) is { } tiled ? encoder.InTiles(tiled.Count, tiled.Pooling) : encoder;

    /// <summary>What is evaluated, as it was asked for.</summary>
    /// <exception cref="ArgumentException">The protocol trains on crops of its own.</exception>
    public Subject Apply(ParseResult parsed, Subject subject, ChosenProtocol chosen)
    {
        if (Of(parsed) is not { } tiled) return subject;
        return chosen.Protocol is FeatureProtocol ? subject with { Tiles = tiled }
            : throw new ArgumentException(
                $"{_tiles.Name} does not go with --protocol {chosen.Name}, which trains on crops; use knn or linear.");
    }

    /// <summary>What was asked for; null for whole images.</summary>
    public (int Count, TilePooling Pooling)? Of(ParseResult parsed)
    {
        var (count, pooling) = (parsed.GetValue(_tiles), parsed.GetValue(_pool));
        if (count is null && pooling is not null)
            throw new ArgumentException($"{_pool.Name} needs {_tiles.Name} too; give for instance {_tiles.Name} 4.");
        if (count is < 1 or > Tiles.Most)
            throw new ArgumentException($"{_tiles.Name} {count} must lie between 1 and {Tiles.Most}; use for instance 4 or 9.");
        return count is { } given ? (given, pooling ?? TilePooling.Mean) : null;
    }
}
