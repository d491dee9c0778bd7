namespace Dom.Roles.Sub.Disruption;

/// <summary>How often who decides on disruptions is asked, while a permission is wanted or held.</summary>
internal sealed record DisruptionPace
{
    /// <summary>Between two looks whether it is still needed.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two questions how things are.</summary>
    public TimeSpan Check { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Until it is requested again after a denial, or anything is asked again after a failure.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Until a request is repeated, so that it does not lapse: Dominator's disruption manager forgets it after an hour.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(15);
}
