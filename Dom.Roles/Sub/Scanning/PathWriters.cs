using System.Collections.Concurrent;
using System.Globalization;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Which program last changed some paths, as the kernel tells it with its events. Only of paths that somebody asks for.</summary>
internal sealed class PathWriters
{
    private const int MaxPaths = 10_000;

    private readonly ConcurrentDictionary<byte[], string> _writers = new(ByteStringComparer.Instance);

    /// <summary>Writers of this path are of interest from now on.</summary>
    public void Track(UnixPath path)
    {
        if (_writers.Count < MaxPaths)
        {
            _writers.TryAdd(path.Span.ToArray(), "");
        }
    }

    /// <summary>They are no longer.</summary>
    public void Forget(UnixPath path) => _writers.TryRemove(path.Span.ToArray(), out _);

    /// <summary>The name of the program that last changed the path; empty when that is not known.</summary>
    public string Of(UnixPath path) => _writers.GetValueOrDefault(path.Span.ToArray(), "");

    /// <summary>A process did something to a path. This process's own corrections do not count.</summary>
    public void Note(ReadOnlySpan<byte> path, int process)
    {
        if (_writers.IsEmpty || process == 0 || process == Environment.ProcessId)
        {
            return;
        }

        var writers = _writers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (writers.ContainsKey(path) && NameOf(process) is { } name)
        {
            writers[path] = name;
        }
    }

    private static string? NameOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            // It has ended; the next one perhaps lives longer.
            return null;
        }
    }
}
