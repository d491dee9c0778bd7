using System.Security.Cryptography;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Roles.Hosting;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync.State;

/// <summary>
/// The state directory: the last good data of each source, the list in force, and pauses, each in a file of its own. One process at a time.
/// </summary>
internal sealed class MdbState : IDisposable
{
    private const string PauseFile = "pause-table.json";
    private const string AcceptedFile = "accepted.json";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private readonly DirectoryHandle _directory;
    private readonly DirectoryHandle _sources;
    private readonly ILogger _log;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    private MdbState(DirectoryHandle directory, DirectoryHandle sources, TimeProvider clock, ILogger log)
    {
        _directory = directory;
        _sources = sources;
        _log = log;
        Pauses = new PauseTable(
            DurableFile<IReadOnlyDictionary<string, PauseRecord>>.Load(directory, PauseFile, MdbStateJson.Default.IReadOnlyDictionaryStringPauseRecord)
                ?? new Dictionary<string, PauseRecord>(),
            clock);
        PauseSaves = new DurableFile<IReadOnlyDictionary<string, PauseRecord>>(
            directory, PauseFile, MdbStateJson.Default.IReadOnlyDictionaryStringPauseRecord, Pauses.Snapshot);
        Accepted = LoadData(directory, AcceptedFile, MachineJson.Default.IReadOnlyListMachine) is { } machines ? ToList(AcceptedFile, machines) : null;
    }

    /// <summary>Who is paused.</summary>
    public PauseTable Pauses { get; }

    /// <summary>Saves <see cref="Pauses"/>.</summary>
    public DurableFile<IReadOnlyDictionary<string, PauseRecord>> PauseSaves { get; }

    /// <summary>The list that was in force before the start, without pauses; null when there was none.</summary>
    public MachineList? Accepted { get; }

    /// <summary>Opens the directory, making it when it is not there, and reads what is not a source's.</summary>
    /// <exception cref="IOException">It cannot be used, or another process uses it.</exception>
    /// <exception cref="InvalidDataException">The pauses cannot be read.</exception>
    public static MdbState Open(string path, TimeProvider clock, ILogger log)
    {
        Directory.CreateDirectory(path, Mode);
        var directory = DirectoryHandle.Open(path);
        DirectoryHandle? sources = null;
        try
        {
            if (!directory.TryLock(exclusive: true))
            {
                throw new IOException($"another mdb-sync uses {path}: two must not share a state directory");
            }

            sources = directory.OpenOrMakeDirectory("sources"u8, (uint)Mode);
            return new MdbState(directory, sources, clock, log);
        }
        catch
        {
            sources?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The last good data of a source; null when there is none that can be used.</summary>
    public SourceRecord? LoadSource(string name) => LoadData(_sources, FileOf(name), MdbStateJson.Default.SourceRecord) is { } record && record.Name == name ? record : null;

    /// <summary>Saves the data of a source.</summary>
    public DurableFile<SourceRecord> SavesOf(string name, Func<SourceRecord> snapshot)
    {
        _used.Add(FileOf(name));
        return new DurableFile<SourceRecord>(_sources, FileOf(name), MdbStateJson.Default.SourceRecord, snapshot);
    }

    /// <summary>Saves the list in force.</summary>
    public DurableFile<IReadOnlyList<Machine>> AcceptedSaves(Func<IReadOnlyList<Machine>> snapshot) =>
        new(_directory, AcceptedFile, MachineJson.Default.IReadOnlyListMachine, snapshot);

    /// <summary>Removes the data of sources that are no longer configured.</summary>
    public void RemoveOthers()
    {
        var reader = new DirectoryReader();
        var others = new List<byte[]>();
        reader.Begin(_sources);
        while (reader.MoveNext(out _))
        {
            if (!_used.Contains(Encoding.UTF8.GetString(reader.Name)))
            {
                others.Add(reader.Name.ToArray());
            }
        }

        foreach (var name in others)
        {
            _sources.UnlinkIfExists(name);
        }
    }

    /// <summary>A list of stored machines; null, and logged, when they make none.</summary>
    public MachineList? ToList(string what, IReadOnlyList<Machine> machines)
    {
        var names = new HashSet<string>(machines.Count, StringComparer.Ordinal);
        if (machines.All(m => m is not null && HostName.FindFault(m.Hostname) is null && names.Add(m.Hostname)))
        {
            return new MachineList(machines);
        }

        _log.StateIgnored(what, "it holds machines without a usable name, or one twice");
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sources.Dispose();
        _directory.Dispose();
    }

    /// <summary>Data can be read again from its source, so a damaged copy keeps nobody from starting.</summary>
    private T? LoadData<T>(DirectoryHandle directory, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return DurableFile<T>.Load(directory, name, type);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            _log.StateIgnored(name, fault.Message);
            return null;
        }
    }

    /// <summary>Names of sources hold slashes and more; their digest does not.</summary>
    private static string FileOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)) + ".json";
}
