using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Byol.Reports;
using Byol.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Byol.Web;

/// <summary>The live page of pretraining runs, on this machine alone unless another address is asked for. It reads their folders and writes
/// nothing.</summary>
public sealed class WatchServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RunCatalog _runs;
    private readonly WatchTempo _tempo;

    private WatchServer(WebApplication application, RunCatalog runs, WatchTempo tempo) => (_application, _runs, _tempo) = (application, runs, tempo);

    /// <summary>The address of the page. It contains a token; requests without it are refused.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts to serve the page.</summary>
    /// <param name="folders">Run folders, or folders of runs; runs that begin in these later are shown too.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="address">Where to listen; null for 127.0.0.1. On any other, anyone with <see cref="Address"/> can look over the network, and
    /// anyone who reads the traffic learns it: nothing is encrypted.</param>
    /// <exception cref="RunDirectoryException">A folder does not exist.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static Task<WatchServer> Start(IReadOnlyList<string> folders, int port = 0, IPAddress? address = null) =>
        Start(folders, new IPEndPoint(address ?? IPAddress.Loopback, port), WatchTempo.Usual);

    internal static async Task<WatchServer> Start(IReadOnlyList<string> folders, IPEndPoint where, WatchTempo tempo)
    {
        foreach (var folder in folders.Where(f => !Directory.Exists(f)))
            throw new RunDirectoryException($"{folder} does not exist; give the folder of a run, or a folder of runs.");
        // Empty: an appsettings.json in the working folder, or a variable of the environment, must not open another address.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(where);
            kestrel.AddServerHeader = false;
        });
        var server = new WatchServer(builder.Build(), new RunCatalog(folders, tempo.Search, TimeProvider.System), tempo);
        RequestGate? gate = null;
        server._application.Run(context => gate is null ? Missing(context) : server.Answer(context, gate));
        await server._application.StartAsync().ConfigureAwait(false);
        var bound = server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var token = RequestGate.NewToken();
        var port = new Uri(bound).Port;
        gate = new RequestGate(new IPEndPoint(where.Address, port), token);
        server.Address = new Uri($"http://{new IPEndPoint(OwnAddress.Of(where.Address), port)}/{token}/");
        return server;
    }

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        _runs.Dispose();
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private Task Answer(HttpContext context, RequestGate gate)
    {
        RequestGate.Protect(context.Response.Headers);
        if (gate.Judge(context.Request, out var path) is not HttpStatusCode.OK and var refused)
        {
            context.Response.StatusCode = (int)refused;
            return Task.CompletedTask;
        }
        return path switch
        {
            [""] => Text(context, "text/html; charset=utf-8", PageTemplate.Live(_tempo.Ask)),
            ["page.js"] => Text(context, "text/javascript; charset=utf-8", PageTemplate.Script),
            ["page.css"] => Text(context, "text/css; charset=utf-8", PageTemplate.Style),
            ["runs"] => Json(context, _runs.Look()),
            ["runs", var id, "figures"] => Bytes(context, "application/json", _runs.Find(id)?.Figures()),
            ["runs", var id, "views.png"] => Bytes(context, "image/png", _runs.Find(id)?.Views()),
            ["runs", var id, "map"] => Json(context, _runs.Find(id)?.Map.Look()),
            ["runs", var id, "thumbnails", _, var image] => Bytes(context, "image/jpeg", Thumbnail(id, image)),
            _ => Missing(context),
        };
    }

    private ReadOnlyMemory<byte>? Thumbnail(string id, string image) =>
        int.TryParse(image, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? _runs.Find(id)?.Map.Thumbnail(index) : null;

    private static Task Json(HttpContext context, object? value) => value is null ? Missing(context)
        : Bytes(context, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), PageTemplate.Json));

    private static Task Text(HttpContext context, string type, string text) => Bytes(context, type, Encoding.UTF8.GetBytes(text));

    private static Task Bytes(HttpContext context, string type, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } content) return Missing(context);
        (context.Response.ContentType, context.Response.ContentLength) = (type, content.Length);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(content).AsTask();
    }

    private static Task Missing(HttpContext context)
    {
        context.Response.StatusCode = (int)HttpStatusCode.NotFound;
        return Task.CompletedTask;
    }
}
