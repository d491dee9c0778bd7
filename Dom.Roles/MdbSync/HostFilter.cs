using System.Text;
using Dom.Core.Machines;
using Dom.Core.Trees.Filters;

namespace Dom.Roles.MdbSync;

/// <summary>Which host names are taken from the sources.</summary>
internal sealed class HostFilter
{
    private readonly PathPattern? _pattern;
    private readonly bool _inverted;
    private readonly WatchedFile<MachineList>? _include;
    private readonly WatchedFile<MachineList>? _exclude;

    /// <summary>Makes the filter of the options; files are read by <see cref="Files"/>.</summary>
    public HostFilter(MdbSyncOptions options, TimeProvider clock)
    {
        (_pattern, _inverted) = Parse(options.HostnameRegex);
        _include = Watch(options.HostnamesIncludeFile, clock);
        _exclude = Watch(options.HostnamesExcludeFile, clock);
    }

    /// <summary>The files with names.</summary>
    public IEnumerable<WatchedFile<MachineList>> Files => new[] { _include, _exclude }.OfType<WatchedFile<MachineList>>();

    /// <summary>Checks an expression: RE2, anchored at the start of the name; a leading <c>!</c> inverts it.</summary>
    /// <exception cref="FormatException">It is no expression.</exception>
    public static (PathPattern? Pattern, bool Inverted) Parse(string expression)
    {
        var inverted = expression.StartsWith('!');
        var text = inverted ? expression[1..] : expression;
        return text.Length == 0 || text == ".*" ? (null, inverted) : (PathPattern.Parse(text), inverted);
    }

    /// <summary>True when a machine of this name is taken.</summary>
    public bool Takes(string hostname)
    {
        if (_include is not null && _include.Value?.Find(hostname) is null)
        {
            return false;
        }

        if (_exclude?.Value?.Find(hostname) is not null)
        {
            return false;
        }

        return _pattern is null ? !_inverted : Matches(_pattern, hostname) != _inverted;
    }

    private static bool Matches(PathPattern pattern, string hostname)
    {
        Span<byte> bytes = stackalloc byte[HostName.MaxLength];
        return Encoding.UTF8.TryGetBytes(hostname, bytes, out var length) && pattern.Matches(bytes[..length]);
    }

    private static WatchedFile<MachineList>? Watch(string? path, TimeProvider clock) => path is null
        ? null
        : new WatchedFile<MachineList>(path, static (stream, cancellationToken) => MachineLines.ReadHostsAsync(stream, "", "", MachineListLimits.Default, cancellationToken), clock);
}
