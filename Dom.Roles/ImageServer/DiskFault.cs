using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer;

/// <summary>Errors of the disk as a caller should see them.</summary>
internal static class DiskFault
{
    /// <summary>The error for a full disk or quota; null for anything else.</summary>
    public static RpcException? From(IOException fault) => fault is LinuxException { Error: Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG }
        ? new RpcException(
            RpcStatus.ResourceExhausted,
            $"the image server's disk is full; delete images and collect garbage (`dom image gc`), make room on it, or move StateDirectory to a larger one, then push again: {fault.Message}",
            ImageErrorCode.DiskFull,
            retryable: false,
            fault)
        : null;
}
