
using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>A file with several names: its content is read once, for whichever name comes first; the other names wait for it.</summary>
internal sealed class LinkedFile
{
    private readonly Lock _lock = new();
    private List<(DirectoryDraft Draft, int Index)>? _waiting;
    private FileReading _reading;
    private bool _done;

    /// <summary>True when the content is known; otherwise the name is told by <see cref="Complete"/>.</summary>
    internal bool TryGet(DirectoryDraft draft, int index, out FileReading reading)
    {
        lock (_lock)
        {
            reading = _reading;
            if (!_done)
            {
                (_waiting ??= []).Add((draft, index));
            }

            return _done;
        }
    }

    /// <summary>The content is known now; <see cref="TryGet"/> gives it to names that come later.</summary>
    /// <returns>The names that waited.</returns>
    internal IReadOnlyList<(DirectoryDraft Draft, int Index)> Complete(in FileReading reading, out FileReading others)
    {
        // That one name has vanished says nothing about the others.
        others = reading.Error == Errno.ENOENT ? new FileReading { Error = Errno.ESTALE } : reading;
        lock (_lock)
        {
            _done = true;
            _reading = others;
            return _waiting ?? [];
        }
    }
}
