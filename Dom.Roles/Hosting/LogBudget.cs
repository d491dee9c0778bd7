namespace Dom.Roles.Hosting;

/// <summary>Lets a few log lines through in each window of time and counts the others, so that a stranger cannot fill the log.</summary>
internal sealed class LogBudget(TimeProvider time, int lines, TimeSpan window)
{
    private readonly Lock _lock = new();
    private long _windowStart = time.GetTimestamp();
    private int _used;
    private int _suppressed;

    /// <summary>True when a line may be written; <paramref name="suppressed"/> is how many were not since the last one.</summary>
    public bool TryTake(out int suppressed)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_windowStart) >= window)
            {
                _windowStart = time.GetTimestamp();
                _used = 0;
            }

            if (_used >= lines)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            _used++;
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
