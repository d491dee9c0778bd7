namespace Dom.Core.Rpc.MessagePack;

/// <summary>What is wrong with a message.</summary>
public enum MessagePackErrorCode
{
    /// <summary>The message ends inside a value, or a header promises more than the bytes that follow.</summary>
    Truncated,

    /// <summary>Another type than the one asked for.</summary>
    WrongType,

    /// <summary>The number does not fit the type asked for.</summary>
    OutOfRange,

    /// <summary>The byte 0xc1, which the specification never uses.</summary>
    ReservedByte,

    /// <summary>Nested deeper than <see cref="MessagePackLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>Longer than the limits allow.</summary>
    TooLong,

    /// <summary>More elements than <see cref="MessagePackLimits.MaxElements"/>.</summary>
    TooManyElements,

    /// <summary>A longer form than necessary, where only the shortest is accepted.</summary>
    NotCanonical,

    /// <summary>Text that is not UTF-8 (reading) or not UTF-16 (writing).</summary>
    InvalidText,

    /// <summary>The right type, but a value that its place does not allow.</summary>
    InvalidValue,

    /// <summary>Bytes follow the value where it should end.</summary>
    TrailingBytes,

    /// <summary>A key stands twice in a map.</summary>
    DuplicateKey,

    /// <summary>A required property is absent.</summary>
    MissingProperty,
}
