namespace Dom.Core.Rpc.MessagePack;

/// <summary>The families of the MessagePack specification.</summary>
public enum MessagePackType
{
    /// <summary>Nothing.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number from -2^63 to 2^64-1.</summary>
    Integer,

    /// <summary>A floating point number of 32 or 64 bits.</summary>
    Float,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>A counted list of values.</summary>
    Array,

    /// <summary>A counted list of keys and values.</summary>
    Map,

    /// <summary>Bytes with a type number of their own, such as a timestamp.</summary>
    Extension,
}
