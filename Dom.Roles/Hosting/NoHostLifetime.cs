using Microsoft.Extensions.Hosting;

namespace Dom.Roles.Hosting;

/// <summary>Leaves signals to the program: several hosts run in one process, and the command line stops them.</summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
