using Dom.Core.Locks;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.LockManager;

/// <summary>The keys of <c>[LockGroup NAME]</c>.</summary>
public sealed record LockGroupOptions
{
    private static readonly OptionType<LockWindow> WindowType = new(
        "days, start, length and zone such as 'Thu 23:00 1h30m Europe/Berlin' or '02:00 2h'", static text => LockWindow.Parse(text, TimeZoneInfo.Local), static window => window.ToString());

    /// <summary>How many may hold at once.</summary>
    public CountOrPercent Max { get; init; } = CountOrPercent.Count(1);

    /// <summary>When slots are granted; empty for always.</summary>
    public IReadOnlyList<LockWindow> Window { get; init; } = [];

    /// <summary>Time between two grants.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>How long a slot is expected to be held when the asker does not say; zero for no expectation.</summary>
    public TimeSpan Expected { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the place of somebody in the queue is kept who does not ask again.</summary>
    public TimeSpan KeepPlace { get; init; } = TimeSpan.FromMinutes(11);

    /// <summary>The keys, their meaning and their rules.</summary>
    public static OptionTable<LockGroupOptions> Section { get; } = new OptionTable<LockGroupOptions>("LockGroup", "One group of the lock-manager; `default` always exists.")
        .Named()
        .Key("Max", OptionTypes.CountOrPercent, o => o.Max, (o, v) => o with { Max = v },
            "How many may hold a slot at once: a number, or a share of the group's machines (rounded down, at least 1). It counts when it is new or changed here; `dom lock set-max` counts until then.")
        .List("Window", WindowType, o => o.Window, (o, v) => o with { Window = v }, "Slots are granted only while one of these is open; nothing for always.")
        .Key("Pause", OptionTypes.Duration, o => o.Pause, (o, v) => o with { Pause = v }, "Time that must pass between two grants.")
        .Key("Expected", OptionTypes.Duration, o => o.Expected, (o, v) => o with { Expected = v },
            "How long a slot is held at most when the asker says nothing; longer is an alarm and by itself frees nothing. 0 for no expectation.")
        .Key("KeepPlace", OptionTypes.Duration, o => o.KeepPlace, (o, v) => o with { KeepPlace = v },
            "How long the place in the queue, and with it a free slot, is kept for somebody who does not ask again; two periods of its polls.")
        .Rule(o => o.Pause <= TimeSpan.FromDays(7) ? null : "Pause must be at most 7d")
        .Rule(o => o.Expected <= TimeSpan.FromDays(365) ? null : "Expected must be at most 365d")
        .Rule(o => o.KeepPlace >= TimeSpan.FromSeconds(1) && o.KeepPlace <= TimeSpan.FromDays(1) ? null : "KeepPlace must be between 1s and 1d");
}
