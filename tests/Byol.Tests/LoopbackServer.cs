using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Byol.Tests;

/// <summary>A web server of a few lines on this machine: a path in, raw bytes out, then the connection closes.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _work;

    /// <summary>The answer that there is no such page.</summary>
    public static byte[] NotFound => Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    /// <summary>An answer with a content.</summary>
    public static byte[] Answer(byte[] content) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n"), .. content];

    public LoopbackServer(Func<string, byte[]> answer)
    {
        _listener.Start();
        _work = Serve(answer);
    }

    public string Url(string file) => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{file}";

    private async Task Serve(Func<string, byte[]> answer)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync())!.Split(' ')[1];
                while (await reader.ReadLineAsync() is { Length: > 0 }) continue;
                await stream.WriteAsync(answer(path));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
            // The listener was stopped, or the client went.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _work;
    }
}
