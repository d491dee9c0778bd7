namespace Dom.Core.Rpc.MessagePack;

/// <summary>Bytes with an application's or (below zero) the specification's type number. The bytes are borrowed from the input.</summary>
/// <param name="Type">-128 to 127.</param>
/// <param name="Data">The bytes.</param>
public readonly record struct MessagePackExtension(sbyte Type, ReadOnlyMemory<byte> Data);
