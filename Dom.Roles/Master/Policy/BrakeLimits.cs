using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.Master.Policy;

/// <summary>The numbers of rules 23 and 24.</summary>
internal sealed record BrakeLimits
{
    /// <summary>How many machines of an image directory may have their turn at once; at least 1.</summary>
    public CountOrPercent MaxUpdating { get; init; } = CountOrPercent.Percent(5);

    /// <summary>How many failed machines stop an image; a share means at least <see cref="LeastFailures"/>.</summary>
    public CountOrPercent MaxFailures { get; init; } = CountOrPercent.Percent(1);

    /// <summary>How long after a start the brake waits for machines to answer.</summary>
    public TimeSpan RestartWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of a directory's machines, in percent, whose answers end the wait.</summary>
    public int RestartAnswers { get; init; } = 95;

    /// <summary>The least number of failures that a share can mean.</summary>
    public const int LeastFailures = 3;

    /// <summary>Turns at once in a directory of so many machines.</summary>
    public int UpdatingOf(int machines) => MaxUpdating.Of(machines, atLeast: 1);

    /// <summary>Failures that stop an image required in a directory of so many machines.</summary>
    public int FailuresOf(int machines) => MaxFailures.Of(machines, atLeast: MaxFailures.IsPercent ? LeastFailures : 1);
}
