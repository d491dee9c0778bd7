using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Where machines come from: a file, a web server, a directory, a program. Remembers what it saw, so that what did not change costs little.</summary>
internal interface IMachineSource : IDisposable
{
    /// <summary>Looks at the source.</summary>
    /// <param name="lastGood">The data in force, as this source gave it.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="MachineListException">The content is not what it should be.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    Task<SourceReading> ReadAsync(MachineList lastGood, CancellationToken cancellationToken);
}
