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

    /// <summary>The list that lost too many machines at once and waits to be accepted; null when none does.</summary>
    MachineList? Refused { get; }

    /// <summary>Takes a list that was good before the program started, for the case that there is none now.</summary>
    void Restore(MachineList list);

    /// <summary>Takes what is new. True when the list or the error is another than before.</summary>
    Task<bool> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Takes the list as the source has it now, however many machines it lacks; a person said so.</summary>
    /// <returns>How many machines of the list before are not in it.</returns>
    /// <exception cref="MachineListException">It cannot be read or is no machine list; the last good list stays in force.</exception>
    Task<int> AcceptAsync(CancellationToken cancellationToken);
}
