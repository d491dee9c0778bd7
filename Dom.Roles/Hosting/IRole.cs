using System.Net;
using Dom.Core.Systemd;

namespace Dom.Roles.Hosting;

/// <summary>One role of the program, such as the master: built from its options, started once, disposed to stop.</summary>
/// <remarks>A class <c>Dom.Roles.X.XRole</c> implements this; <c>dom run</c> and <c>dom quickstart</c> start and stop it.</remarks>
public interface IRole : IAsyncDisposable
{
    /// <summary>The role's name as <c>--role</c> takes it: <c>sub</c>, <c>master</c>, <c>imageserver</c>.</summary>
    string Name { get; }

    /// <summary>The address the role listens on, with its real port; meaningful once started.</summary>
    IPEndPoint Address { get; }

    /// <summary>Ends with an error when a started role cannot go on; otherwise ends when it is disposed.</summary>
    Task Completion { get; }

    /// <summary>The loops without which the role does not do its work; meaningful once started. systemd's watchdog follows them.</summary>
    IReadOnlyList<LoopProgress> Loops { get; }

    /// <summary>Loads state and listens. Returns when the role answers; throws, with what to do, when it cannot.</summary>
    Task StartAsync(CancellationToken cancellationToken);
}
