namespace Dom.Roles.Sub.Update;

/// <summary>How services are stopped and started.</summary>
public sealed record ServiceRunnerOptions
{
    /// <summary>False when a directory is managed that no services run from: then nothing is stopped or started.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A program called with verb and service; empty for systemctl.</summary>
    public string Command { get; init; } = "";

    /// <summary>A shell command that reboots the machine; empty for <c>systemctl reboot</c>, or <see cref="Command"/>.</summary>
    public string RebootCommand { get; init; } = "";

    /// <summary>Longest time for one action.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Time between SIGTERM and SIGKILL for a program that took too long.</summary>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(5);
}
