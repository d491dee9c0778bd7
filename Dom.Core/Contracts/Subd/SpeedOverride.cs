using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Speeds that a person set for one machine. They count before those of the master and of the configuration, end by themselves, and with the sub's process.</summary>
[MessagePackObject]
public sealed partial record SpeedOverride
{
    /// <summary>How they were set.</summary>
    public SpeedMode Mode { get; init; }

    /// <summary>How fast contents are read again, in percent; 0 when it was not set.</summary>
    public double ScanSpeedPercent { get; init; }

    /// <summary>The part of the network that fetching may use, in percent; 0 when it was not set.</summary>
    public double NetworkSpeedPercent { get; init; }

    /// <summary>The user of the certificate.</summary>
    public string User { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it ends, by the sub's clock; shown, never used in a decision.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>The override in one line.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Describe()} until {Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, set by {User}{(Reason.Length > 0 ? $": {Reason}" : "")}");

    private string Describe() => Mode switch
    {
        SpeedMode.Boost => "contents are read again at full speed",
        SpeedMode.Shed => "reading contents again is nearly stopped",
        _ => string.Join(", ", Parts()),
    };

    private IEnumerable<string> Parts()
    {
        if (ScanSpeedPercent > 0)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"scan speed {ScanSpeedPercent} %");
        }

        if (NetworkSpeedPercent > 0)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"network speed {NetworkSpeedPercent} %");
        }
    }
}
