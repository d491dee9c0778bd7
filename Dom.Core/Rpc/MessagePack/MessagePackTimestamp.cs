namespace Dom.Core.Rpc.MessagePack;

/// <summary>The specification's timestamp: seconds since 1970-01-01 UTC and nanoseconds after them.</summary>
/// <param name="Seconds">Whole seconds, negative before 1970.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct MessagePackTimestamp(long Seconds, uint Nanoseconds)
{
    /// <summary>The extension type of timestamps.</summary>
    public const sbyte ExtensionType = -1;

    /// <summary>The most nanoseconds of a timestamp.</summary>
    public const uint MaxNanoseconds = 999_999_999;

    /// <summary>The timestamp of an instant, exact (ticks are 100 ns).</summary>
    public static MessagePackTimestamp From(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0
            ? new MessagePackTimestamp(seconds - 1, (uint)((rest + TimeSpan.TicksPerSecond) * 100))
            : new MessagePackTimestamp(seconds, (uint)(rest * 100));
    }

    /// <summary>The instant, cut to 100 ns. False when it lies outside the years 1 to 9999.</summary>
    public bool TryGetInstant(out DateTimeOffset instant)
    {
        instant = default;
        if (Seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || Seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return false;
        }

        instant = DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / 100);
        return true;
    }
}
