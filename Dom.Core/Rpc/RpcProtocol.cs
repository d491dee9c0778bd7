namespace Dom.Core.Rpc;

/// <summary>Words of the wire protocol (docs/protocol.md).</summary>
public static class RpcProtocol
{
    /// <summary>Paths of methods start so.</summary>
    public const string PathPrefix = "/rpc/";

    /// <summary>Media type of MessagePack bodies: one value, or values one after the other.</summary>
    public const string MessagePackType = "application/msgpack";

    /// <summary>Media type of JSON bodies; streams are one value a line.</summary>
    public const string JsonType = "application/json";

    /// <summary>Header with the milliseconds the caller still waits.</summary>
    public const string TimeoutHeader = "rpc-timeout";
}
