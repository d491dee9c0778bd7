namespace Dom.Core.Rpc;

/// <summary>The form of the messages of a call.</summary>
public enum RpcEncoding
{
    /// <summary>Values one after the other; streams end with nil or an error array.</summary>
    MessagePack,

    /// <summary>One value, or one a line; streams end with <c>{"$end":true}</c> or <c>{"$error":{…}}</c>.</summary>
    Json,
}
