using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Sets speeds of one machine for a time, in place of those set so before.</summary>
[MessagePackObject]
public sealed partial record SetSpeedsRequest
{
    /// <summary>How long they last when nothing is said.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <summary>The longest they last.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(7);

    /// <summary>Most characters of <see cref="Reason"/>.</summary>
    public const int MaxReason = 512;

    /// <summary>How they are set.</summary>
    public SpeedMode Mode { get; init; }

    /// <summary>For <see cref="SpeedMode.Percent"/>: how fast contents are read again, above 0 to 100; 0 leaves it.</summary>
    public double ScanSpeedPercent { get; init; }

    /// <summary>For <see cref="SpeedMode.Percent"/>: the part of the network that fetching may use, above 0 to 100; 0 leaves it.</summary>
    public double NetworkSpeedPercent { get; init; }

    /// <summary>How long they last, at most <see cref="LongestLifetime"/>; zero for <see cref="DefaultLifetime"/>.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>Why; audited by the sub.</summary>
    public string Reason { get; init; } = "";
}
