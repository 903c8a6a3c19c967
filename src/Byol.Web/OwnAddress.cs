using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Byol.Web;

/// <summary>An address of this machine that a browser can be given.</summary>
internal static class OwnAddress
{
    /// <summary>The address itself, or where it stands for all of them the first by which the network knows this machine.</summary>
    /// <param name="listened">What is listened on.</param>
    public static IPAddress Of(IPAddress listened) => listened.Equals(IPAddress.Any) || listened.Equals(IPAddress.IPv6Any)
        ? NetworkInterface.GetAllNetworkInterfaces().Where(n => n.OperationalStatus == OperationalStatus.Up)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)) ?? IPAddress.Loopback
        : listened;
}
