using System.Globalization;
using System.Net;

namespace Dom.Roles.Sub;

/// <summary>The part of the network that fetching may use when the master sets no limit: a percentage of the slowest physical link.</summary>
internal sealed class NetworkShare(double percent, string interfaces = "/sys/class/net")
{
    private const long BytesPerMegabit = 125_000;

    private double _other;

    /// <summary>Raised when another percentage is in force.</summary>
    public event Action? Changed;

    /// <summary>The percentage in force.</summary>
    public double Percent => Volatile.Read(ref _other) is > 0 and var other ? other : percent;

    /// <summary>Changes the percentage; 0 for the one configured.</summary>
    public void Use(double other)
    {
        var before = Percent;
        Volatile.Write(ref _other, other);
        if (!before.Equals(Percent))
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Bytes a second; 0 for no limit: at 100 percent, over the loopback, or when no link says how fast it is.</summary>
    public long BytesPerSecond(IReadOnlyList<string> servers)
    {
        var share = Percent;
        if (share >= 100 || servers.All(IsLoopback))
        {
            return 0;
        }

        var slowest = long.MaxValue;
        foreach (var link in Directory.Exists(interfaces) ? Directory.GetDirectories(interfaces) : [])
        {
            if (ReadSpeed(Path.Combine(link, "speed")) is { } megabits)
            {
                slowest = Math.Min(slowest, megabits);
            }
        }

        return slowest == long.MaxValue ? 0 : Math.Max(1, (long)(slowest * BytesPerMegabit * share / 100));
    }

    /// <summary>Megabits a second; null for a link that is down or has no speed, where the kernel refuses the read or says -1.</summary>
    private static long? ReadSpeed(string file)
    {
        try
        {
            return long.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var speed) && speed > 0 ? speed : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsLoopback(string server)
    {
        var host = server[..Math.Max(server.LastIndexOf(':'), 0)].Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
