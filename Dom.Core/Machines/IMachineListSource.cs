namespace Dom.Core.Machines;

/// <summary>Where a machine list comes from: a file, or the stream of a server. What fails or shrinks suddenly never takes machines away.</summary>
public interface IMachineListSource : IAsyncDisposable
{
    /// <summary>Where the list comes from, for people.</summary>
    string Place { get; }

    /// <summary>The last good list; empty before the first.</summary>
    MachineList List { get; }

    /// <summary>What is wrong now; empty when <see cref="List"/> is what the source says.</summary>
    string Error { get; }

    /// <summary>Takes a list that was good before the program started, for the case that there is none now.</summary>
    void Restore(MachineList list);

    /// <summary>Takes what is new. True when the list or the error is another than before.</summary>
    Task<bool> RefreshAsync(CancellationToken cancellationToken);
}
