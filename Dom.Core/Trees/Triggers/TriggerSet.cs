using System.Text.Json;
using Dom.Core.Trees.Filters;

namespace Dom.Core.Trees.Triggers;

/// <summary>The triggers of one or several images, merged by (DoReload, Service) and in order of SortName, then service.</summary>
/// <remarks>Immutable, for many threads.</remarks>
public sealed class TriggerSet
{
    private readonly Entry[] _entries;

    private TriggerSet(Entry[] entries)
    {
        _entries = entries;
        Triggers = [.. entries.Select(e => e.Trigger)];
    }

    /// <summary>No triggers.</summary>
    public static TriggerSet Empty { get; } = new([]);

    /// <summary>The merged triggers in order.</summary>
    public IReadOnlyList<Trigger> Triggers { get; }

    /// <summary>Reads a trigger file: a JSON array, in which lines that begin with <c>#</c>, <c>//</c> or <c>!</c> are comments.</summary>
    public static TriggerSet Parse(string text)
    {
        // Comments become empty lines, so that the positions JSON reports stay those of the file.
        var json = string.Join('\n', text.Split('\n').Select(line => IsComment(line.AsSpan().TrimStart()) ? "" : line));
        if (string.IsNullOrWhiteSpace(json))
        {
            return Empty;
        }

        try
        {
            return Of(JsonSerializer.Deserialize(json, TriggerJson.Default.TriggerArray) ?? []);
        }
        catch (JsonException e)
        {
            throw new TriggerException([$"line {e.LineNumber + 1}: {e.Message}"], e);
        }
    }

    /// <summary>Makes a set of triggers; throws <see cref="TriggerException"/> that names every fault.</summary>
    public static TriggerSet Of(IEnumerable<Trigger> triggers)
    {
        var faults = new List<string>();
        var entries = new List<Entry>();
        var number = 0;
        foreach (var trigger in triggers)
        {
            number++;
            if (trigger is null)
            {
                faults.Add($"trigger {number} is null");
            }
            else
            {
                Add(entries, trigger, $"trigger {number} ('{trigger.Service}')", faults);
            }
        }

        return faults.Count == 0 ? new TriggerSet(Merge(entries)) : throw new TriggerException(faults);
    }

    /// <summary>The triggers of all sets. Where they differ in the SortName of a service, the earlier set's wins, unless it is empty.</summary>
    public static TriggerSet Union(params ReadOnlySpan<TriggerSet> sets)
    {
        var entries = new List<Entry>();
        foreach (var set in sets)
        {
            entries.AddRange(set._entries);
        }

        return new TriggerSet(Merge(entries));
    }

    /// <summary>The triggers an absolute path matches.</summary>
    public IReadOnlyList<Trigger> Matching(ReadOnlySpan<byte> path)
    {
        var matched = new bool[_entries.Length];
        Match(path, matched);
        return [.. Triggers.Where((_, i) => matched[i])];
    }

    /// <summary>The trigger file of this set.</summary>
    public string ToJson() => JsonSerializer.Serialize([.. Triggers], TriggerJson.Default.TriggerArray);

    /// <summary>Marks the triggers, in order, that match one more path.</summary>
    internal void Match(ReadOnlySpan<byte> path, Span<bool> matched)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            matched[i] = matched[i] || _entries[i].Matches(path);
        }
    }

    /// <summary>True when a trigger of this set is about the service.</summary>
    internal bool Names(string service) => Array.Exists(_entries, e => e.Trigger.Service == service);

    private static bool IsComment(ReadOnlySpan<char> line) => line is ['#' or '!', ..] or ['/', '/', ..];

    private static void Add(List<Entry> entries, Trigger trigger, string name, List<string> faults)
    {
        var patterns = new List<PathPattern>();
        if (trigger.Service is null or "" || trigger.Service[0] == '-' || trigger.Service.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '/'))
        {
            faults.Add($"{name}: Service must be the name of a service: not empty, without spaces and slashes, not beginning with '-'");
        }

        foreach (var line in trigger.MatchLines ?? [])
        {
            try
            {
                patterns.Add(PathPattern.Parse(line ?? ""));
            }
            catch (FormatException e)
            {
                faults.Add($"{name}: MatchLines: {e.Message}");
            }
        }

        if (patterns.Count == 0)
        {
            faults.Add($"{name}: MatchLines is empty, so that it would never run");
        }

        entries.Add(new Entry(trigger, [.. patterns]));
    }

    private static Entry[] Merge(List<Entry> entries)
    {
        var merged = new Dictionary<(bool, string), Entry>();
        foreach (var entry in entries)
        {
            var key = (entry.Trigger.DoReload, entry.Trigger.Service);
            merged[key] = merged.TryGetValue(key, out var first) ? first.And(entry) : entry;
        }

        return
        [
            .. merged.Values
                .OrderBy(e => e.Trigger.SortName ?? "", VersionOrder.Instance)
                .ThenBy(e => e.Trigger.Service, StringComparer.Ordinal)
                .ThenBy(e => e.Trigger.DoReload),
        ];
    }

    private sealed record Entry(Trigger Trigger, PathPattern[] Patterns)
    {
        public bool Matches(ReadOnlySpan<byte> path)
        {
            foreach (var pattern in Patterns)
            {
                if (pattern.Matches(path))
                {
                    return true;
                }
            }

            return false;
        }

        public Entry And(Entry other)
        {
            PathPattern[] patterns = [.. Patterns.Concat(other.Patterns).DistinctBy(p => p.Text)];
            var trigger = Trigger with
            {
                MatchLines = [.. patterns.Select(p => p.Text)],
                SortName = string.IsNullOrEmpty(Trigger.SortName) ? other.Trigger.SortName : Trigger.SortName,
                DoReboot = Trigger.DoReboot || other.Trigger.DoReboot,
                HighImpact = Trigger.HighImpact || other.Trigger.HighImpact,
            };
            return new Entry(trigger, patterns);
        }
    }
}
