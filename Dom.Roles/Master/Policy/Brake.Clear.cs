using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

internal sealed partial class Brake
{
    private readonly HashSet<object> _leaving = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Lets an image roll again and forgets its failures, once <paramref name="save"/> has made that durable; false when it had not stopped.
    /// </summary>
    /// <exception cref="IOException">It could not be made durable, and the image stays stopped.</exception>
    public async Task<bool> ClearHaltAsync(string image, Func<Task> save)
    {
        HaltRecord? halt;
        List<FailureRecord> failures;
        lock (_lock)
        {
            if (!_halts.TryGetValue(image, out halt))
            {
                return false;
            }

            failures = [.. FailuresOf(image).Values];
            _leaving.Add(halt);
            _leaving.UnionWith(failures);
        }

        var saved = false;
        try
        {
            await save();
            saved = true;
        }
        finally
        {
            lock (_lock)
            {
                _leaving.Remove(halt);
                _leaving.ExceptWith(failures);
                if (saved)
                {
                    Forget(halt, failures);
                }
            }
        }

        return true;
    }

    /// <summary>Removes these very records: a machine that failed in the meantime still counts.</summary>
    private void Forget(HaltRecord halt, List<FailureRecord> failures)
    {
        if (ReferenceEquals(_halts.GetValueOrDefault(halt.Image), halt))
        {
            _halts.Remove(halt.Image);
        }

        var left = FailuresOf(halt.Image);
        foreach (var failure in failures)
        {
            if (ReferenceEquals(left.GetValueOrDefault(failure.Hostname), failure))
            {
                left.Remove(failure.Hostname);
            }
        }
    }
}
