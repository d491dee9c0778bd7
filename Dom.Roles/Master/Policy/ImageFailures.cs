using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

/// <summary>
/// On which machines each image failed, and which images stopped rolling because of it. What a person clears is in force until that is durable. Not safe
/// for several threads: the brake that owns it locks.
/// </summary>
internal sealed class ImageFailures
{
    private readonly Dictionary<string, Dictionary<string, FailureRecord>> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HaltRecord> _halts = new(StringComparer.Ordinal);
    private readonly HashSet<object> _leaving = new(ReferenceEqualityComparer.Instance);
    private readonly TimeProvider _clock;

    /// <param name="state">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    public ImageFailures(BrakeState state, TimeProvider clock)
    {
        _clock = clock;
        foreach (var failure in state.Failures)
        {
            Of(failure.Image)[failure.Hostname] = failure;
        }

        foreach (var halt in state.Halts)
        {
            _halts[halt.Image] = halt;
        }
    }

    /// <summary>Images that stopped rolling.</summary>
    public IReadOnlyList<HaltRecord> Halts => [.. _halts.Values.OrderBy(h => h.Image, StringComparer.Ordinal)];

    /// <summary>True for an image that stopped rolling.</summary>
    public bool IsHalted(string image) => _halts.ContainsKey(image);

    /// <summary>Counts a failed machine. True when this made the image stop rolling.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="image">The image.</param>
    /// <param name="reason">What happened.</param>
    /// <param name="limit">How many failed machines stop it.</param>
    public bool Count(string host, string image, string reason, int limit)
    {
        var failures = Of(image);
        failures[host] = new FailureRecord { Image = image, Hostname = host, Reason = reason, Time = _clock.GetUtcNow() };
        if (failures.Count < limit || _halts.ContainsKey(image))
        {
            return false;
        }

        _halts[image] = new HaltRecord
        {
            Image = image,
            Reason = $"{failures.Count} machines failed, the last was {host}: {reason}",
            Time = _clock.GetUtcNow(),
        };
        return true;
    }

    /// <summary>Forgets that an image failed on a machine: it went well.</summary>
    public void Forget(string host, string image)
    {
        if (_failures.TryGetValue(image, out var failures))
        {
            failures.Remove(host);
        }
    }

    /// <summary>Forgets machines that are gone.</summary>
    public void Keep(Func<string, bool> exists)
    {
        foreach (var failures in _failures.Values)
        {
            foreach (var host in failures.Keys.Where(host => !exists(host)).ToList())
            {
                failures.Remove(host);
            }
        }
    }

    /// <summary>Begins to clear an image's halt and failures; null when it has not stopped. Until <see cref="EndClear"/> they are in force, but not in <see cref="AddTo"/>.</summary>
    public (HaltRecord Halt, IReadOnlyList<FailureRecord> Failures)? BeginClear(string image)
    {
        if (!_halts.TryGetValue(image, out var halt))
        {
            return null;
        }

        IReadOnlyList<FailureRecord> failures = [.. Of(image).Values];
        _leaving.Add(halt);
        _leaving.UnionWith(failures);
        return (halt, failures);
    }

    /// <summary>Ends <see cref="BeginClear"/>: removes these very records if that is durable now; a machine that failed in the meantime still counts.</summary>
    public void EndClear((HaltRecord Halt, IReadOnlyList<FailureRecord> Failures) cleared, bool isDurable)
    {
        _leaving.Remove(cleared.Halt);
        _leaving.ExceptWith(cleared.Failures);
        if (!isDurable)
        {
            return;
        }

        if (ReferenceEquals(_halts.GetValueOrDefault(cleared.Halt.Image), cleared.Halt))
        {
            _halts.Remove(cleared.Halt.Image);
        }

        var left = Of(cleared.Halt.Image);
        foreach (var failure in cleared.Failures)
        {
            if (ReferenceEquals(left.GetValueOrDefault(failure.Hostname), failure))
            {
                left.Remove(failure.Hostname);
            }
        }
    }

    /// <summary>Adds what must be remembered.</summary>
    public BrakeState AddTo(BrakeState state) => state with
    {
        Failures =
        [
            .. _failures.Values.SelectMany(f => f.Values).Where(f => !_leaving.Contains(f))
                .OrderBy(f => f.Image, StringComparer.Ordinal).ThenBy(f => f.Hostname, StringComparer.Ordinal),
        ],
        Halts = [.. Halts.Where(h => !_leaving.Contains(h))],
    };

    private Dictionary<string, FailureRecord> Of(string image)
    {
        if (!_failures.TryGetValue(image, out var failures))
        {
            failures = new Dictionary<string, FailureRecord>(StringComparer.Ordinal);
            _failures.Add(image, failures);
        }

        return failures;
    }
}
