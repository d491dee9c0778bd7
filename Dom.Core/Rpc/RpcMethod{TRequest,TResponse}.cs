using System.Text.Json.Serialization.Metadata;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>A method with the types of its messages.</summary>
public sealed record RpcMethod<TRequest, TResponse> : RpcMethod
    where TRequest : IMessagePackSerializable<TRequest>
    where TResponse : IMessagePackSerializable<TResponse>
{
    internal RpcMethod(string service, string name, RpcShape shape, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response)
        : base(service, name, shape)
    {
        RequestJson = request;
        ResponseJson = response;
    }

    /// <summary>The JSON form of requests.</summary>
    public JsonTypeInfo<TRequest> RequestJson { get; }

    /// <summary>The JSON form of responses.</summary>
    public JsonTypeInfo<TResponse> ResponseJson { get; }
}
