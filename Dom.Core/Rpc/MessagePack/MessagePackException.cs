namespace Dom.Core.Rpc.MessagePack;

/// <summary>A message that cannot be read (or a value that cannot be written): what is wrong, and where.</summary>
public sealed class MessagePackException : Exception
{
    private readonly string _fault;
    private string _path = string.Empty;

    /// <summary>A fault at a byte offset from the start of the input.</summary>
    public MessagePackException(MessagePackErrorCode code, long offset, string fault)
    {
        Code = code;
        Offset = offset;
        _fault = fault;
    }

    /// <summary>The kind of fault.</summary>
    public MessagePackErrorCode Code { get; }

    /// <summary>Where it was found, in bytes from the start of the input.</summary>
    public long Offset { get; }

    /// <summary>Names the record and property and what is wrong with it.</summary>
    public override string Message => $"{_path}{_fault} (byte {Offset})";

    /// <summary>A required property that the map at this offset lacks.</summary>
    public static MessagePackException MissingProperty(string property, long offset) =>
        new(MessagePackErrorCode.MissingProperty, offset, $"the required property '{property}' is missing");

    /// <summary>A property that stands twice in the map.</summary>
    public static MessagePackException DuplicateKey(string key, long offset) =>
        new(MessagePackErrorCode.DuplicateKey, offset, $"the key '{key}' stands twice");

    /// <summary>Adds the record and property that was being read; the outermost ends up first in <see cref="Message"/>.</summary>
    /// <remarks>Called on the way out of generated readers, which then rethrow.</remarks>
    public void Locate(string record, string property) =>
        _path = property.Length == 0 ? $"{record}: {_path}" : $"{record}.{property}: {_path}";
}
