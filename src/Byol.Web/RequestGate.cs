using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Byol.Web;

/// <summary>Decides which requests are answered: those that know the token, name this machine, and do not come from another site's page.</summary>
/// <remarks>Any page that a browser shows may send requests to 127.0.0.1. The token in the path is what such a page does not know; the host
/// is checked because a name that an attacker owns may lead here (DNS rebinding), and the origin because browsers name it.</remarks>
/// <param name="where">What is listened on.</param>
/// <param name="token">The first part of every path.</param>
internal sealed class RequestGate(IPEndPoint where, string token)
{
    private const int HttpPort = 80;

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Loopback = ["127.0.0.1", "[::1]", "localhost"];

    /// <summary>A token that cannot be guessed: 128 bits.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Decides on a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">What follows the token, in parts.</param>
    /// <returns>OK, or why it is refused.</returns>
    public HttpStatusCode Judge(HttpRequest request, out string[] path)
    {
        path = [];
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return HttpStatusCode.MethodNotAllowed;
        if (!IsOurs(request.Host.Host, request.Host.Port ?? HttpPort)) return HttpStatusCode.MisdirectedRequest;
        if (request.Headers.Origin is [{ } origin, ..] && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttp && IsOurs(uri.Host, uri.Port))) return HttpStatusCode.Forbidden;
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is "cross-site" or "same-site") return HttpStatusCode.Forbidden;
        var parts = (request.Path.Value ?? "").Split('/');
        if (parts.Length < 3 || parts[0].Length > 0 || !IsToken(parts[1])) return HttpStatusCode.NotFound;
        path = parts[2..];
        return HttpStatusCode.OK;
    }

    /// <summary>Headers of every answer: only the page's own script runs, no page frames it, and no address leaks.</summary>
    public static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    // A name that an attacker owns can lead to any address, but it stays a name: where the network may ask, addresses as numbers are let in, and
    // this machine's own name.
    private bool IsOurs(string host, int port) => port == where.Port && (Loopback.Contains(host, StringComparer.OrdinalIgnoreCase)
        || (!IPAddress.IsLoopback(where.Address)
            && (IPAddress.TryParse(host, out _) || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase))));

    // In constant time, so that the time does not show how much of it is right.
    private bool IsToken(string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(token));
}
