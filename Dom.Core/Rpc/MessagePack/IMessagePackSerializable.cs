namespace Dom.Core.Rpc.MessagePack;

/// <summary>A type that knows its own MessagePack form. Records get it from <see cref="MessagePackObjectAttribute"/>.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IMessagePackSerializable<TSelf>
    where TSelf : IMessagePackSerializable<TSelf>
{
    /// <summary>Writes one value.</summary>
    static abstract void Write(ref MessagePackWriter writer, in TSelf value);

    /// <summary>Reads one value, or throws <see cref="MessagePackException"/>.</summary>
    static abstract TSelf Read(ref MessagePackReader reader);
}
