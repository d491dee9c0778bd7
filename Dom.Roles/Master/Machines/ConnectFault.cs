using System.Globalization;
using System.Net.Sockets;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>Gives a failed call to a machine its status.</summary>
internal static class ConnectFault
{
    /// <summary>The status for a failure of a poll.</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="wasConnected">True when the machine had answered over this channel.</param>
    public static MachineStatus Classify(RpcException fault, bool wasConnected)
    {
        if (IsCertificateFault(fault))
        {
            return MachineStatus.BadCertificate;
        }

        switch (fault.Status)
        {
            case RpcStatus.PermissionDenied:
                return MachineStatus.PollDenied;
            case RpcStatus.Unauthenticated:
                return MachineStatus.BadCertificate;
            case RpcStatus.DeadlineExceeded when !wasConnected:
                return MachineStatus.ConnectTimeout;
            case not RpcStatus.Unavailable:
                return MachineStatus.PollFailed;
        }

        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException socket:
                    return OfSocket(socket.SocketErrorCode);
                case TimeoutException or OperationCanceledException:
                    return wasConnected ? MachineStatus.PollFailed : MachineStatus.ConnectTimeout;
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                    return MachineStatus.DnsError;
            }
        }

        return wasConnected ? MachineStatus.PollFailed : MachineStatus.ConnectFailed;
    }

    /// <summary>The failure in words. What depends on a clock says what the clocks of both sides show (rule 28).</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="now">The master's clock.</param>
    /// <param name="skew">How far the machine's clock was ahead when it answered last; null when it never did.</param>
    public static string Explain(RpcException fault, DateTimeOffset now, TimeSpan? skew)
    {
        if (fault.Code is not (RpcErrorCode.CertificateExpired or RpcErrorCode.CertificateNotYetValid))
        {
            return fault.Message;
        }

        var theirs = skew is { } ahead
            ? string.Create(CultureInfo.InvariantCulture, $"the machine's clock, by its last answer, shows {now + ahead:yyyy-MM-dd HH:mm:ss} UTC")
            : "the machine's clock is not known, since it has not answered yet";
        return string.Create(CultureInfo.InvariantCulture, $"{fault.Message}; the master's clock shows {now:yyyy-MM-dd HH:mm:ss} UTC, {theirs}");
    }

    private static bool IsCertificateFault(RpcException fault) => fault.Code is
        RpcErrorCode.NoCertificate or RpcErrorCode.UntrustedCertificate or RpcErrorCode.CertificateExpired or RpcErrorCode.CertificateNotYetValid
        or RpcErrorCode.CertificateRevoked or RpcErrorCode.CertificateUnfit or RpcErrorCode.WrongServer;

    private static MachineStatus OfSocket(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => MachineStatus.DnsError,
        SocketError.ConnectionRefused => MachineStatus.ConnectionRefused,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown => MachineStatus.NoRoute,
        SocketError.TimedOut => MachineStatus.ConnectTimeout,
        _ => MachineStatus.ConnectFailed,
    };
}
