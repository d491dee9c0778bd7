using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub.Update;

namespace Dom.Tests.Roles.Sub.Update;

/// <summary>Services that only remember what was done to them.</summary>
internal sealed class RecordingServices : IServiceRunner
{
    public List<string> Log { get; } = [];

    /// <summary>Called before each action; its result is the error.</summary>
    public Func<ServiceVerb, string, string?> Answer { get; init; } = static (_, _) => null;

    public Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken)
    {
        Log.Add($"{verb} {service}");
        return Task.FromResult(Answer(verb, service));
    }

    public Task<ServiceLog?> ReadLogAsync(string service, CancellationToken cancellationToken) =>
        Task.FromResult<ServiceLog?>(new ServiceLog { Service = service, Lines = [$"{service} wrote this"] });
}
