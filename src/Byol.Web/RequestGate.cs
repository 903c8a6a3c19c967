using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Byol.Web;

/// <summary>Decides which requests are answered: those that know the token, name this machine, and is no other site's page.</summary>
/// <remarks>Any page that a browser shows may send requests to 127.0.0.1. The token in the path is what such a page does not know; the host
/// is checked because a name that an attacker owns may lead here (DNS rebinding), and the origin because browsers name it.</remarks>
/// <param name="port">The port that is listened on.</param>
/// <param name="token">The first part of every path.</param>
internal sealed class RequestGate(int port, string token)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private readonly string[] _hosts = [$"127.0.0.1:{port}", $"localhost:{port}"];

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
        if (!_hosts.Contains(request.Host.Value, StringComparer.OrdinalIgnoreCase)) return HttpStatusCode.MisdirectedRequest;
        if (request.Headers.Origin is [{ } origin, ..] && !_hosts.Contains(Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttp ? uri.Authority : "", StringComparer.OrdinalIgnoreCase)) return HttpStatusCode.Forbidden;
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

    // In constant time, so that the time does not show how much of it is right.
    private bool IsToken(string text) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(token));
}
