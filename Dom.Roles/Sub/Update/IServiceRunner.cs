using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub.Update;

/// <summary>Stops and starts services: systemd's, or through a command the operator configured.</summary>
public interface IServiceRunner
{
    /// <summary>Carries out an action and waits for its end, at most for the time limit.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken);

    /// <summary>The last that a service wrote whose action has just failed; null or without lines when that is not known.</summary>
    Task<ServiceLog?> ReadLogAsync(string service, CancellationToken cancellationToken);
}
