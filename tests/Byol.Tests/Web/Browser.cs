using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Byol.Tests.Web;

/// <summary>A page in a real Chromium, driven by the DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly ClientWebSocket _socket = new();
    private int _sent;

    private Browser()
    {
    }

    /// <summary>What the console had to complain of: exceptions, refused scripts and files that are not there.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Opens an address in a tab.</summary>
    public static async Task<Browser> Attach(Uri tab, Uri address, (int Width, int Height) size, bool dark)
    {
        var browser = new Browser();
        browser._socket.Options.Proxy = null;
        await browser._socket.ConnectAsync(tab, CancellationToken.None);
        foreach (var domain in (string[])["Page", "Runtime", "Log"]) await browser.Send($"{domain}.enable");
        await browser.Send("Emulation.setDeviceMetricsOverride", new { width = size.Width, height = size.Height, deviceScaleFactor = 1, mobile = false });
        await browser.Send("Emulation.setEmulatedMedia", new
        {
            features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } },
        });
        await browser.Send("Emulation.setFocusEmulationEnabled", new { enabled = true });      // it is looked at, whatever tab is in front
        await browser.Send("Page.navigate", new { url = $"{address}" });
        return browser;
    }

    /// <summary>The value of an expression.</summary>
    public async Task<JsonNode?> Value(string expression)
    {
        var answer = await Send("Runtime.evaluate", new { expression, returnByValue = true, awaitPromise = true });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]}");
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task Until(string condition)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience; await Task.Delay(50))
        {
            // What is not there yet has no properties.
            if ((await Value($"(() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})()"))!.GetValue<bool>()) return;
        }
        Assert.Fail($"{condition} did not come true; the console says: {string.Join("; ", Errors)}");
    }

    /// <summary>The middle of an element, or a share of its width and height, after it was brought into view.</summary>
    public async Task<(double X, double Y)> Place(string element, double across = 0.5, double down = 0.5)
    {
        const string box = "(e => { e.scrollIntoView({block:'center'}); const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })";
        var found = (await Value($"{box}({element})"))!.AsArray().Select(v => v!.GetValue<double>()).ToArray();
        return (found[0] + across * found[2], found[1] + down * found[3]);
    }

    public Task Mouse(string type, (double X, double Y) at, bool pressed = false) => Send("Input.dispatchMouseEvent", new
    {
        type, x = at.X, y = at.Y, button = pressed || type != "mouseMoved" ? "left" : "none", buttons = pressed ? 1 : 0, clickCount = 1,
    });

    public async Task Click(string element)
    {
        var at = await Place(element);
        await Mouse("mouseMoved", at);
        await Mouse("mousePressed", at, pressed: true);
        await Mouse("mouseReleased", at);
    }

    /// <summary>Keeps what is seen, or the whole page, as a PNG in the folder that BYOL_SCREENSHOTS names, for a person to look at; nothing where it names
    /// none.</summary>
    public async Task Keep(string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("BYOL_SCREENSHOTS") is not { Length: > 0 } folder) return;
        var picture = await Send("Page.captureScreenshot", new { format = "png", captureBeyondViewport = whole, clip = whole ? await Sheet() : null });
        await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), Convert.FromBase64String(picture["data"]!.GetValue<string>()));
    }

    private async Task<object> Sheet()
    {
        var size = (await Value("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"))!.AsArray();
        return new { x = 0, y = 0, width = size[0]!.GetValue<int>(), height = size[1]!.GetValue<int>(), scale = 1 };
    }

    // One command at a time; what happens meanwhile is listened to on the way to its answer.
    private async Task<JsonNode> Send(string method, object? parameters = null)
    {
        var id = ++_sent;
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters ?? new { } }, Json),
            WebSocketMessageType.Text, true, CancellationToken.None);
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = await Receive(patience.Token);
            if (message["id"]?.GetValue<int>() == id)
            {
                Assert.True(message["error"] is null, $"{method}: {message["error"]}");
                return message["result"]!;
            }
            Listen(message);
        }
    }

    private void Listen(JsonNode message)
    {
        var (method, about) = (message["method"]?.GetValue<string>(), message["params"]);
        if (method == "Runtime.exceptionThrown") Errors.Add($"{about!["exceptionDetails"]}");
        if (method == "Log.entryAdded" && about!["entry"] is { } entry && entry["level"]!.GetValue<string>() == "error")
            Errors.Add($"{entry["text"]} {entry["url"]}");
        if (method == "Runtime.consoleAPICalled" && about!["type"]!.GetValue<string>() is "error" or "assert") Errors.Add($"{about!["args"]}");
    }

    private async Task<JsonNode> Receive(CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonNode.Parse(whole.ToArray())!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Send("Page.close");
        }
        catch (WebSocketException)
        {
            // The tab was faster.
        }
        _socket.Dispose();
    }
}
