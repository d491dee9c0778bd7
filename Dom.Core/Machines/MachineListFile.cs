using Dom.Core.Linux;

namespace Dom.Core.Machines;

/// <summary>
/// A machine list on disk, read again whenever it changes. A file that breaks, vanishes or shrinks suddenly never takes machines away:
/// the last good list stays in force and <see cref="Error"/> says what is wrong.
/// </summary>
public sealed class MachineListFile : IMachineListSource
{
    /// <summary>How often a change is looked for.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly int _maxShrinkPercent;
    private readonly MachineListLimits _limits;
    private readonly FileFreshness _freshness;
    private bool _hasList;
    private bool _acceptsLoss;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxShrinkPercent">A list that lost more than this share of its machines since the last good one is refused; 100 takes any.</param>
    /// <param name="limits">Sizes.</param>
    /// <param name="clock">The clock.</param>
    public MachineListFile(string path, int maxShrinkPercent, MachineListLimits limits, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShrinkPercent, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxShrinkPercent, 100);
        _path = path;
        _maxShrinkPercent = maxShrinkPercent;
        _limits = limits;
        _freshness = new FileFreshness(clock);
    }

    /// <inheritdoc/>
    public string Place => _path;

    /// <inheritdoc/>
    public MachineList List { get; private set; } = MachineList.Empty;

    /// <inheritdoc/>
    public string Error { get; private set; } = "";

    /// <inheritdoc/>
    public MachineList? Refused { get; private set; }

    /// <inheritdoc/>
    public void Restore(MachineList list)
    {
        List = list;
        _hasList = true;
    }

    /// <summary>Reads the file if it changed. True when the list or the error is another than before.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var (list, error) = (List, Error);
        try
        {
            await ReadIfChangedAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or LinuxException or MachineListException)
        {
            if (fault is not MachineListException)
            {
                _freshness.Forget();
            }

            Error = $"machine list {_path}: {fault.Message.TrimEnd('.')}. The last good list of {List.Count} machines stays in force.";
        }

        return !ReferenceEquals(list, List) || error != Error;
    }

    /// <inheritdoc/>
    public async Task<int> AcceptAsync(CancellationToken cancellationToken)
    {
        var before = List;
        _freshness.Forget();
        _acceptsLoss = true;
        try
        {
            await RefreshAsync(cancellationToken);
        }
        finally
        {
            _acceptsLoss = false;
        }

        return Error.Length == 0 ? MachineListLoss.Between(before, List).Lost : throw new MachineListException(Error);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task ReadIfChangedAsync(CancellationToken cancellationToken)
    {
        using var file = ConfiguredFile.Open(_path);
        var status = file.GetStatus();
        if (!_freshness.MustRead(status))
        {
            return;
        }

        await using var stream = new FileStream(file.Duplicate(), FileAccess.Read, bufferSize: 1);
        var list = await MachineListReader.ReadAsync(stream, _limits, cancellationToken);
        ConfiguredFile.CheckUnchanged(file, status, _path);
        Refused = null;
        GuardAgainstShrinking(list);
        if (!_hasList || !list.Machines.AsSpan().SequenceEqual(List.Machines.AsSpan()))
        {
            List = list;
            _hasList = true;
        }

        Error = "";
    }

    private void GuardAgainstShrinking(MachineList list)
    {
        var loss = MachineListLoss.Between(List, list);
        if (!_acceptsLoss && loss.Exceeds(_maxShrinkPercent))
        {
            Refused = list;
            throw new MachineListException(
                $"{loss.Lost} of {loss.Of} machines are missing from it, more than MachineListMaxShrinkPercent={_maxShrinkPercent} allows at once; "
                + "if this is meant: dom ctl accept-machine-list --reason '…'");
        }
    }
}
