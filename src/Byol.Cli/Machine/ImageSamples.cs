namespace Byol.Cli.Machine;

/// <summary>An image of 2 x 1 pixels in each format, by which doctor sees whether the codecs work.</summary>
/// <param name="Format">The format's name.</param>
/// <param name="Bytes">The file.</param>
internal sealed record ImageSample(string Format, byte[] Bytes);

internal static class ImageSamples
{
    public static IReadOnlyList<ImageSample> All { get; } =
    [
        new("JPEG", Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/"
            + "2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAABAAIDASIAAhEBAxEB/8QA"
            + "FQABAQAAAAAAAAAAAAAAAAAAAAb/xAAaEAEAAQUAAAAAAAAAAAAAAAAAAQIDM3Kx/8QAFQEBAQAAAAAAAAAAAAAAAAAAAwb/xAAZEQABBQAAAAAAAAAAAAAA"
            + "AAAAAQIDM3H/2gAMAwEAAhEDEQA/AJC9mr2noC3gqbiAzWO1T//Z")),
        new("PNG", Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGP4z8DAwPAfAAcAAf9+CLHQAAAAAElFTkSuQmCC")),
        new("WebP", Convert.FromBase64String(
            "UklGRkAAAABXRUJQVlA4IDQAAAAwAgCdASoCAAEAAUAmJaACdLoB+AADIQb7gAD+/bpWj+E+TXP3/xu3GG/Bd/5mjCUkeGgA")),
        new("BMP", Convert.FromBase64String("Qk0+AAAAAAAAADYAAAAoAAAAAgAAAAEAAAABABgAAAAAAAgAAADEDgAAxA4AAAAAAAAAAAAAAAD//wAAAAA=")),
        new("GIF", Convert.FromBase64String("R0lGODdhAgABAIEAAP8AAAAA/wAAAAAAACwAAAAAAgABAAAIBQABBAgIADs=")),
    ];
}
