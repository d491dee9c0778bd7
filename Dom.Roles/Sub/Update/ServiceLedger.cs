using System.Buffers;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.Sub.Update;

/// <summary>What still has to be done with services, kept durably: what was stopped is started again whatever happens in between.</summary>
internal sealed class ServiceLedger
{
    private const int MaxBytes = 1 << 20;
    private const int FieldCount = 4;

    private static ReadOnlySpan<byte> FileName => "services"u8;

    private readonly DirectoryHandle _directory;
    private List<ServiceAction> _pending;

    /// <summary>Reads what an earlier process left undone.</summary>
    public ServiceLedger(DirectoryHandle directory)
    {
        _directory = directory;
        _pending = Parse(directory.ReadFileIfExists(FileName, MaxBytes));
    }

    /// <summary>What is left to do, in order.</summary>
    public IReadOnlyList<ServiceAction> Pending => _pending;

    /// <summary>Replaces the list; durable when this returns.</summary>
    public void Record(IEnumerable<ServiceAction> actions)
    {
        FailPoint.Pass(FailPoint.ServicesRecord);
        _pending = [.. actions];
        Save();
        FailPoint.Pass(FailPoint.ServicesRecorded);
    }

    /// <summary>Strikes out what has been done.</summary>
    public void Done(ServiceAction action)
    {
        _pending.Remove(action);
        Save();
    }

    private void Save()
    {
        if (_pending.Count == 0)
        {
            _directory.UnlinkIfExists(FileName);
            _directory.Sync();
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(FieldCount * _pending.Count);
        foreach (var action in _pending)
        {
            writer.Write((uint)action.Verb);
            writer.Write(action.Service);
            writer.Write(action.IsRetired);
            writer.Write(action.AfterSwap);
        }

        writer.Flush();
        _directory.ReplaceFile(FileName, buffer.WrittenSpan);
    }

    private static List<ServiceAction> Parse(byte[]? bytes)
    {
        var actions = new List<ServiceAction>();
        if (bytes is null)
        {
            return actions;
        }

        var reader = new MessagePackReader(bytes);
        for (var rest = reader.ReadArrayHeader() / FieldCount; rest > 0; rest--)
        {
            actions.Add(new ServiceAction((ServiceVerb)reader.ReadUInt32(), reader.ReadString(), reader.ReadBoolean(), reader.ReadBoolean()));
        }

        return actions;
    }
}
