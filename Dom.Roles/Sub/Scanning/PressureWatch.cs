using System.Globalization;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Whether programs on this machine wait for processor, disk or memory, by the kernel's pressure stall information.</summary>
/// <param name="time">The clock.</param>
/// <param name="directory">Where the kernel tells it; on kernels without, the pressure is never high.</param>
internal sealed class PressureWatch(TimeProvider time, string directory = "/proc/pressure")
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    /// <summary>Percent of the last ten seconds in which some program waited; what is above is high, and stays so until it has been half of it for a minute.</summary>
    private static readonly (string Name, double High)[] Limits = [("cpu", 60), ("io", 40), ("memory", 10)];

    private readonly Lock _lock = new();
    private long? _looked;
    private long _lastHigh;
    private bool _isHigh;

    /// <summary>True while the machine is short of something.</summary>
    public bool IsHigh
    {
        get
        {
            lock (_lock)
            {
                if (_looked is not { } looked || time.GetElapsedTime(looked) >= Interval)
                {
                    _looked = time.GetTimestamp();
                    Look();
                }

                return _isHigh;
            }
        }
    }

    private void Look()
    {
        var worst = Limits.Max(limit => Read(limit.Name) / limit.High);
        if (worst > (_isHigh ? 0.5 : 1))
        {
            _isHigh = true;
            _lastHigh = time.GetTimestamp();
        }
        else if (_isHigh && time.GetElapsedTime(_lastHigh) >= Calm)
        {
            _isHigh = false;
        }
    }

    /// <summary>The first line: <c>some avg10=1.23 avg60=…</c>.</summary>
    private double Read(string name)
    {
        const string key = "some avg10=";
        try
        {
            var line = File.ReadLines(Path.Combine(directory, name)).FirstOrDefault() ?? "";
            return line.StartsWith(key, StringComparison.Ordinal)
                && double.TryParse(line.AsSpan(key.Length, Math.Max(0, line.IndexOf(' ', key.Length) - key.Length)), CultureInfo.InvariantCulture, out var value)
                ? value
                : 0;
        }
        catch (IOException)
        {
            // A kernel without it, or with it switched off.
            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
