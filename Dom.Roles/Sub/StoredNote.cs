using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub;

/// <summary>
/// A small durable record in the private directory, replaced as a whole: after a crash it is the old or the new one. One that cannot be read is set aside as
/// <c>NAME.damaged</c> and counts as missing: a sub that goes on without it is worth more than one that does not start.
/// </summary>
internal sealed class StoredNote<T>
    where T : class, IMessagePackSerializable<T>
{
    private const int MaxBytes = 64 * 1024;

    private readonly DirectoryHandle _directory;
    private readonly byte[] _name;

    /// <summary>Reads the note of this name.</summary>
    public StoredNote(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        _directory = directory;
        _name = name.ToArray();
        try
        {
            Value = directory.ReadFileIfExists(name, MaxBytes) is { } bytes ? MessagePackSerializer.Deserialize<T>(bytes) : null;
        }
        catch (Exception e) when (e is MessagePackException or InvalidDataException)
        {
            directory.Rename(name, directory, [.. name, .. DamagedNotes.Suffix]);
            directory.Sync();
        }
    }

    /// <summary>What is noted; null for nothing.</summary>
    public T? Value { get; private set; }

    /// <summary>Replaces the note; durable when this returns.</summary>
    public void Set(T value)
    {
        _directory.ReplaceFile(_name, MessagePackSerializer.Serialize(value));
        Value = value;
    }

    /// <summary>Removes the note; durable when this returns.</summary>
    public void Clear()
    {
        if (Value is not null)
        {
            _directory.UnlinkIfExists(_name);
            _directory.Sync();
            Value = null;
        }
    }
}
