using System.Text.Json;

namespace Dom.Core.Locks;

/// <summary>Every group at one moment, as it stands in a file.</summary>
/// <param name="Version">Form of the file; 1.</param>
/// <param name="Sequence">Number of the last record of the journal that is in it.</param>
/// <param name="JournalBytes">Size of the journal beside it.</param>
/// <param name="Groups">The documents of the groups.</param>
internal sealed record LockSnapshot(int Version, long Sequence, int JournalBytes, Dictionary<string, JsonElement> Groups);
