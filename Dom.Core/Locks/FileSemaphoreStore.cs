using System.Text;
using System.Text.Json;
using Dom.Core.Linux;

namespace Dom.Core.Locks;

/// <summary>
/// Groups in a directory of this machine: a snapshot and a journal of what changed since. A change is durable before anybody is told; changes asked for while
/// one is written share the next flush of the disk. One process at a time.
/// </summary>
public sealed class FileSemaphoreStore : ISemaphoreStore
{
    /// <summary>Size of the journal when nothing else is said.</summary>
    public const int DefaultJournalBytes = 4 << 20;

    private const int MaxSnapshotBytes = 256 << 20;

    private readonly Lock _lock = new();
    private readonly DirectoryHandle _directory;
    private readonly int _journalBytes;
    private readonly Dictionary<string, Entry> _groups;
    private readonly LockJournal _journal;
    private List<Change> _waiting = [];
    private bool _isWriting;
    private bool _mustSnapshot;
    private long _sequence;

    private FileSemaphoreStore(DirectoryHandle directory, string path, int journalBytes, LockJournal journal, Dictionary<string, Entry> groups, long sequence)
    {
        _directory = directory;
        _journalBytes = journalBytes;
        _journal = journal;
        _groups = groups;
        _sequence = sequence;
        Description = $"file {path}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public bool KeepsDetails => true;

    private static ReadOnlySpan<byte> SnapshotName => "locks.json"u8;

    private static ReadOnlySpan<byte> JournalName => "locks.journal"u8;

    /// <summary>Opens the store; in a directory that holds nothing of it a new one is begun.</summary>
    /// <param name="path">The directory; made when it is not there.</param>
    /// <param name="journalBytes">Size of a new journal.</param>
    /// <exception cref="IOException">The directory cannot be used, or another process uses it.</exception>
    /// <exception cref="InvalidDataException">What was durable is damaged or missing. Who holds locks is not known then, so nothing is granted.</exception>
    public static FileSemaphoreStore Open(string path, int journalBytes = DefaultJournalBytes)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        var directory = DirectoryHandle.Open(path);
        try
        {
            return directory.TryLock(exclusive: true)
                ? Load(directory, path, journalBytes)
                : throw new IOException($"another lock-manager uses {path}: two must not share a state directory");
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Names of the groups that stand in the store, sorted.</summary>
    public IReadOnlyList<string> ListGroups()
    {
        lock (_lock)
        {
            return [.. _groups.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A group as it stands; null when there is none of this name.</summary>
    public StoredGroup? Find(string group)
    {
        lock (_lock)
        {
            return _groups.GetValueOrDefault(group)?.Stored;
        }
    }

    /// <inheritdoc/>
    public Task<StoredGroup?> ReadAsync(string group, CancellationToken cancellationToken) => Task.FromResult(Find(group));

    /// <inheritdoc/>
    public Task<StoreOutcome> TryReplaceAsync(string group, long revision, GroupState state, CancellationToken cancellationToken)
    {
        var change = new Change(group, revision, state, GroupDocument.Write(state, DocumentForm.Dom, isNew: revision == 0));
        lock (_lock)
        {
            _waiting.Add(change);
            if (_isWriting)
            {
                return change.Done.Task;
            }

            _isWriting = true;
        }

        // The first writes for itself, on its own thread: handing it over costs more than the flush of a fast disk.
        WriteBatch();
        return change.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_lock)
        {
            last = _waiting.Count > 0 ? _waiting[^1].Done.Task : Task.CompletedTask;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close();
    }

    /// <summary>Closes a store that nobody writes to.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _journal.Dispose();
            _directory.Dispose();
        }
    }

    private static FileSemaphoreStore Load(DirectoryHandle directory, string path, int journalBytes)
    {
        var hasJournal = directory.Exists(JournalName);
        if (directory.ReadFileIfExists(SnapshotName, MaxSnapshotBytes) is not { } content)
        {
            if (hasJournal && !IsBlank(directory))
            {
                throw Damaged(path, new InvalidDataException("locks.json is missing"));
            }

            // Both begin together. The journal comes first and is blank until the snapshot is there, so a crash between them is seen for what it is.
            LockJournal.Create(directory, JournalName, journalBytes);
            WriteSnapshot(directory, 0, journalBytes, []);
            content = directory.ReadFileIfExists(SnapshotName, MaxSnapshotBytes) ?? throw new IOException($"{path}/locks.json vanished");
        }

        try
        {
            var snapshot = JsonSerializer.Deserialize(content, LockSnapshotJson.Default.LockSnapshot) ?? throw new InvalidDataException("locks.json holds null");
            if (snapshot.Version != 1)
            {
                throw new InvalidDataException($"locks.json is of version {snapshot.Version}; this program knows version 1");
            }

            var groups = new Dictionary<string, Entry>(StringComparer.Ordinal);
            Apply(groups, snapshot.Groups, snapshot.Sequence);
            var sequence = snapshot.Sequence;
            var journal = LockJournal.Open(directory, JournalName, snapshot.JournalBytes, snapshot.Sequence, (number, payload) =>
            {
                Apply(groups, JsonSerializer.Deserialize(payload.Span, LockSnapshotJson.Default.DictionaryStringJsonElement) ?? [], number);
                sequence = number;
            });
            return new FileSemaphoreStore(directory, path, snapshot.JournalBytes, journal, groups, sequence);
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or LockDocumentException)
        {
            throw Damaged(path, fault);
        }
    }

    private static bool IsBlank(DirectoryHandle directory) =>
        (directory.ReadFileIfExists(JournalName, MaxSnapshotBytes) ?? []).AsSpan().IndexOfAnyExcept((byte)0) < 0;

    private static InvalidDataException Damaged(string path, Exception cause) => new(
        $"the locks in {path} are damaged: {cause.Message}. Who holds a lock is not known, so nothing is granted. Restore the directory from a backup; "
        + "or, when no machine is down, move locks.json and locks.journal away to begin without any holder",
        cause);

    private static void Apply(Dictionary<string, Entry> groups, Dictionary<string, JsonElement> documents, long sequence)
    {
        foreach (var (name, document) in documents)
        {
            var bytes = Encoding.UTF8.GetBytes(document.GetRawText());
            groups[name] = new Entry(new StoredGroup(GroupDocument.Read(bytes, DocumentForm.Dom), Math.Max(sequence, 1)), bytes);
        }
    }

    private static void WriteSnapshot(DirectoryHandle directory, long sequence, int journalBytes, Dictionary<string, Entry> groups)
    {
        var documents = new Dictionary<string, JsonElement>();
        foreach (var (name, entry) in groups)
        {
            using var document = JsonDocument.Parse(entry.Document);
            documents[name] = document.RootElement.Clone();
        }

        directory.ReplaceFile(SnapshotName, JsonSerializer.SerializeToUtf8Bytes(new LockSnapshot(1, sequence, journalBytes, documents), LockSnapshotJson.Default.LockSnapshot));
    }

    /// <summary>Writes what waits, and hands over when more has come meanwhile: whoever began is not kept for the others.</summary>
    private void WriteBatch()
    {
        List<Change> batch;
        lock (_lock)
        {
            batch = _waiting;
            _waiting = [];
        }

        Write(batch);
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static store => store.WriteBatch(), this, preferLocal: false);
    }

    private void Write(List<Change> batch)
    {
        // Nobody else writes now; readers see what is durable only.
        var number = _sequence + 1;
        var accepted = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var change in batch)
        {
            var current = accepted.GetValueOrDefault(change.Group) ?? _groups.GetValueOrDefault(change.Group);
            if ((current?.Stored.Revision ?? 0) == change.Revision && !accepted.ContainsKey(change.Group))
            {
                accepted[change.Group] = new Entry(new StoredGroup(change.State, number), change.Document);
                change.IsAccepted = true;
            }
        }

        try
        {
            Persist(number, accepted);
        }
        catch (Exception fault)
        {
            // Also what was not accepted is told to try again: it lost against something that may not be.
            _mustSnapshot = true;
            var failure = new SemaphoreStoreException($"the change could not be made durable in {Description}: {fault.Message}", fateUnknown: true, fault);
            batch.ForEach(change => change.Done.TrySetException(failure));
            return;
        }

        lock (_lock)
        {
            foreach (var (group, entry) in accepted)
            {
                _groups[group] = entry;
            }

            _sequence = number;
        }

        foreach (var change in batch)
        {
            change.Done.TrySetResult(new StoreOutcome(change.IsAccepted, _groups.GetValueOrDefault(change.Group)?.Stored));
        }
    }

    private void Persist(long number, Dictionary<string, Entry> accepted)
    {
        if (accepted.Count == 0)
        {
            return;
        }

        var payload = Payload(accepted);
        if (!_mustSnapshot && _journal.HasRoomFor(payload.Length))
        {
            _journal.Append(number, payload);
            return;
        }

        // The journal is full; or a write failed, after which the kernel may call the old pages clean: only a new file is sure then.
        var all = new Dictionary<string, Entry>(_groups, StringComparer.Ordinal);
        foreach (var (group, entry) in accepted)
        {
            all[group] = entry;
        }

        WriteSnapshot(_directory, number, _journalBytes, all);
        _journal.Begin();
        _mustSnapshot = false;
    }

    private static byte[] Payload(Dictionary<string, Entry> accepted)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (group, entry) in accepted)
            {
                writer.WritePropertyName(group);
                writer.WriteRawValue(entry.Document, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private sealed record Entry(StoredGroup Stored, byte[] Document);

    private sealed class Change(string group, long revision, GroupState state, byte[] document)
    {
        public string Group => group;

        public long Revision => revision;

        public GroupState State => state;

        public byte[] Document => document;

        public bool IsAccepted { get; set; }

        public TaskCompletionSource<StoreOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
