using System.Text.Json.Serialization.Metadata;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Rpc;

/// <summary>
/// One method of a service, shared by client and server: the only place where its name, shape and rules stand. Made by
/// <see cref="Unary"/>, <see cref="ServerStream"/>, <see cref="ClientStream"/> and <see cref="Duplex"/>; other properties by <c>with</c>.
/// </summary>
public abstract record RpcMethod
{
    private protected RpcMethod(string service, string name, RpcShape shape)
    {
        Service = RequireWord(service);
        Name = RequireWord(name);
        Shape = shape;
        FullName = $"{service}.{name}";
        Path = RpcProtocol.PathPrefix + FullName;
    }

    /// <summary>The service, for example <c>Subd</c>.</summary>
    public string Service { get; }

    /// <summary>The name within the service, for example <c>Poll</c>.</summary>
    public string Name { get; }

    /// <summary>What certificates list: <c>Subd.Poll</c>.</summary>
    public string FullName { get; }

    /// <summary>The HTTP path: <c>/rpc/Subd.Poll</c>.</summary>
    public string Path { get; }

    /// <summary>How many messages travel each way.</summary>
    public RpcShape Shape { get; }

    /// <summary>Who may call.</summary>
    public RpcAccess Access { get; init; } = RpcAccess.Listed;

    /// <summary>A pattern such as <c>Subd.*</c> does not grant this method: the certificate must name it in full.</summary>
    public bool NamedOnly { get; init; }

    /// <summary>Calling twice is as good as once, so clients may retry it.</summary>
    public bool Repeatable { get; init; }

    /// <summary>The call changes something, so it goes to the audit log.</summary>
    public bool Changes { get; init; }

    /// <summary>Moves much data: travels on HTTP/1.1 connections of its own instead of the shared HTTP/2 one. Not for duplex.</summary>
    public bool Bulk { get; init; }

    /// <summary>Sizes and times.</summary>
    public RpcLimits Limits { get; init; } = RpcLimits.Default;

    /// <summary>The deadline that applies to this shape; infinite for none.</summary>
    public TimeSpan Deadline => Shape == RpcShape.Unary ? Limits.Deadline : Limits.StreamDeadline;

    /// <summary>True when the client sends one message.</summary>
    public bool HasSingleRequest => Shape is RpcShape.Unary or RpcShape.ServerStream;

    /// <summary>True when the server answers with one message.</summary>
    public bool HasSingleResponse => Shape is RpcShape.Unary or RpcShape.ClientStream;

    /// <summary>A method with one request and one response.</summary>
    public static RpcMethod<TRequest, TResponse> Unary<TRequest, TResponse>(
        string service, string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        new(service, name, RpcShape.Unary, request, response);

    /// <summary>A method with one request and a stream of responses.</summary>
    public static RpcMethod<TRequest, TResponse> ServerStream<TRequest, TResponse>(
        string service, string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        new(service, name, RpcShape.ServerStream, request, response);

    /// <summary>A method with a stream of requests and one response.</summary>
    public static RpcMethod<TRequest, TResponse> ClientStream<TRequest, TResponse>(
        string service, string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        new(service, name, RpcShape.ClientStream, request, response);

    /// <summary>A method with a stream in each direction.</summary>
    public static RpcMethod<TRequest, TResponse> Duplex<TRequest, TResponse>(
        string service, string name, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response)
        where TRequest : IMessagePackSerializable<TRequest>
        where TResponse : IMessagePackSerializable<TResponse> =>
        new(service, name, RpcShape.Duplex, request, response);

    /// <inheritdoc/>
    public sealed override string ToString() => FullName;

    private static string RequireWord(string word)
    {
        foreach (var c in word)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                throw new ArgumentException($"'{word}' cannot be part of a method name: letters and digits only", nameof(word));
            }
        }

        return word.Length > 0 ? word : throw new ArgumentException("a service and a method need a name", nameof(word));
    }
}
