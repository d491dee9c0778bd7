namespace Dom.Roles.Sub.Update;

/// <summary>Stops and starts services: systemd's, or through a command the operator configured.</summary>
public interface IServiceRunner
{
    /// <summary>Carries out an action and waits for its end, at most for the time limit.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken);
}
