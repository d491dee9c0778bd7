namespace Dom.Core.Images;

/// <summary>A speed that all streams of a download keep together. It can be changed while they run, and acts at once.</summary>
/// <remarks>
/// Two hold it: each server sends a stream's share of it, so that nothing more is on the way, and whoever receives waits here, which makes it exact and keeps a
/// server to it that does not care. Within ten seconds the bytes of contents are within 10 % of it; headers of TLS, TCP and IP, about 4 %, are not counted.
/// </remarks>
public sealed class DownloadLimit
{
    /// <summary>So much time that was not used is made good, lest lumps and a busy machine lower the speed; it is a fortieth of ten seconds.</summary>
    private const double SavedSeconds = 0.25;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private long _bytesPerSecond;
    private long _at;
    private double _allowed;
    private double _taken;
    private int _streams;

    /// <summary>A limit in bytes a second; 0 for none.</summary>
    public DownloadLimit(long bytesPerSecond = 0, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesPerSecond);
        _time = time ?? TimeProvider.System;
        _bytesPerSecond = bytesPerSecond;
        _at = _time.GetTimestamp();
    }

    /// <summary>Bytes a second of all streams together; 0 for no limit.</summary>
    public long BytesPerSecond
    {
        get
        {
            lock (_lock)
            {
                return _bytesPerSecond;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_lock)
            {
                if (_bytesPerSecond == value)
                {
                    return;
                }

                Advance();
                _bytesPerSecond = value;
                _changed.TrySetResult();
                _changed = NewSignal();
            }
        }
    }

    /// <summary>What one of the streams may be sent in a second; 0 for no limit.</summary>
    internal long Share
    {
        get
        {
            lock (_lock)
            {
                return _bytesPerSecond == 0 ? 0 : Math.Max(1, _bytesPerSecond / Math.Max(1, _streams));
            }
        }
    }

    /// <summary>So many streams begin.</summary>
    internal void Enter(int streams)
    {
        lock (_lock)
        {
            _streams += streams;
        }
    }

    /// <summary>A stream ended: the others share what it had.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            _streams--;
        }
    }

    /// <summary>Counts bytes that arrived, and waits until they were due.</summary>
    internal async ValueTask PayAsync(int bytes, CancellationToken cancellationToken)
    {
        double due;
        lock (_lock)
        {
            Advance();
            due = _taken += bytes;
        }

        while (FindWait(due, out var changed) is var wait && wait > TimeSpan.Zero)
        {
            await Task.WhenAny(Task.Delay(wait, _time, cancellationToken), changed);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private TimeSpan FindWait(double due, out Task changed)
    {
        lock (_lock)
        {
            Advance();
            changed = _changed.Task;
            if (_bytesPerSecond == 0 || _allowed >= due)
            {
                return TimeSpan.Zero;
            }

            var seconds = Math.Min((due - _allowed) / _bytesPerSecond, LongestWait.TotalSeconds);

            // Timers have milliseconds: none would be to ask again and again.
            return TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000));
        }
    }

    /// <summary>Lets through what the time since the last look allows.</summary>
    private void Advance()
    {
        var now = _time.GetTimestamp();
        var seconds = _time.GetElapsedTime(_at, now).TotalSeconds;
        _at = now;
        _allowed = _bytesPerSecond == 0 ? _taken : Math.Min(_allowed + seconds * _bytesPerSecond, _taken + SavedSeconds * _bytesPerSecond);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
