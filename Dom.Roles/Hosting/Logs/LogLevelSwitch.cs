using Dom.Core.Contracts.Logger;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting.Logs;

/// <summary>Which lines a role logs: the levels of its start, and those that people set while it runs, some for a time only.</summary>
internal sealed class LogLevelSwitch : IDisposable
{
    /// <summary>Most categories with a level that was set.</summary>
    public const int MaxRules = 64;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<string, LogLevelRule> _start;
    private readonly Dictionary<string, (LogLevelRule Rule, ITimer? End)> _set = new(StringComparer.Ordinal);

    /// <summary>Begins with one level for all, and less from the web server.</summary>
    public LogLevelSwitch(LogLevel level, TimeProvider time)
    {
        _time = time;
        _start = new Dictionary<string, LogLevelRule>(StringComparer.Ordinal)
        {
            [""] = new() { Level = (LogSeverity)level },
            ["Microsoft"] = new() { Category = "Microsoft", Level = LogSeverity.Warning },
        };
    }

    /// <summary>Called when levels have changed.</summary>
    public event Action? Changed;

    /// <summary>Called with a level whose time was over, after it went back.</summary>
    public event Action<LogLevelRule>? Expired;

    /// <summary>The levels in force, in the order of their categories.</summary>
    public LogLevels InForce()
    {
        lock (_lock)
        {
            var rules = _set.Values.Select(static s => s.Rule).Concat(_start.Values.Where(s => !_set.ContainsKey(s.Category)));
            return new LogLevels { Rules = [.. rules.OrderBy(static r => r.Category, StringComparer.Ordinal)] };
        }
    }

    /// <summary>The level of a category.</summary>
    public LogLevel For(string category)
    {
        lock (_lock)
        {
            for (var name = category; ;)
            {
                if (_set.TryGetValue(name, out var set))
                {
                    return (LogLevel)set.Rule.Level;
                }

                if (_start.TryGetValue(name, out var start))
                {
                    return (LogLevel)start.Level;
                }

                name = name.LastIndexOf('.') is var dot and >= 0 ? name[..dot] : "";
            }
        }
    }

    /// <summary>Sets the level of a category, until its time is over if it has one.</summary>
    /// <returns>False when too many categories have one.</returns>
    public bool TrySet(LogLevelRule rule, TimeSpan? lifetime)
    {
        lock (_lock)
        {
            if (!_set.ContainsKey(rule.Category) && _set.Count >= MaxRules)
            {
                return false;
            }

            Remove(rule.Category);
            _set[rule.Category] = (rule, lifetime is { } time ? _time.CreateTimer(_ => Expire(rule), null, time, Timeout.InfiniteTimeSpan) : null);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Takes back what was set for a category; with an empty one, all that was set.</summary>
    public void Reset(string category)
    {
        lock (_lock)
        {
            foreach (var name in category.Length > 0 ? [category] : _set.Keys.ToList())
            {
                Remove(name);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>Ends the timers; the levels stay.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, end) in _set.Values)
            {
                end?.Dispose();
            }
        }
    }

    private void Expire(LogLevelRule rule)
    {
        lock (_lock)
        {
            // Another one may have been set in the meantime.
            if (!_set.TryGetValue(rule.Category, out var current) || !ReferenceEquals(current.Rule, rule))
            {
                return;
            }

            Remove(rule.Category);
        }

        Changed?.Invoke();
        Expired?.Invoke(rule);
    }

    private void Remove(string category)
    {
        if (_set.Remove(category, out var old))
        {
            old.End?.Dispose();
        }
    }
}
