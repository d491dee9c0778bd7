using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master;

internal sealed partial class MasterService
{
    private const int MaxRefused = 1_000;

    private readonly SemaphoreSlim _applying = new(1);
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>Sets the image of machines for which the list requires none; machines are told before this returns.</summary>
    /// <exception cref="RpcException">There is no such image, or it is not sparse: a full image would delete what the machines hold.</exception>
    /// <exception cref="IOException">It could not be made durable, and nothing has changed.</exception>
    public async Task SetDefaultImageAsync(string image, string user, string reason, CancellationToken cancellationToken)
    {
        if (image.Length > 0 && await Images.AskAsync(image, cancellationToken) is { IsSparse: false })
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the image '{image}' is a full one: as default it would delete what machines without a required image hold; push a sparse image", "NotSparse");
        }

        await DefaultImage.SetAsync(new DefaultImage { Image = image, User = user, Reason = reason, Since = _clock.GetUtcNow() }, cancellationToken);
        await ApplyListAsync();
    }

    /// <summary>Takes the machine list as it stands in its file, however many machines it lacks.</summary>
    /// <returns>How many machines are gone.</returns>
    /// <exception cref="RpcException">It cannot be read, or is no machine list.</exception>
    public async Task<int> AcceptListAsync(CancellationToken cancellationToken)
    {
        int lost;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            lost = await _list.AcceptAsync(cancellationToken);
        }
        catch (MachineListException fault)
        {
            throw new RpcException(RpcStatus.Conflict, fault.Message, "BadMachineList", innerException: fault);
        }
        finally
        {
            _reading.Release();
        }

        await ApplyListAsync();
        return lost;
    }

    /// <summary>How many machines a list lacks that was refused for it, and the names of the first.</summary>
    public (int Count, IReadOnlyList<string> First) RefusedLoss()
    {
        if (_list.Refused is not { } refused)
        {
            return (0, []);
        }

        var loss = MachineListLoss.Between(_list.List, refused, maxExamples: MaxRefused);
        return (loss.Lost, loss.Examples);
    }

    private async Task WatchListAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(MachineListFile.Interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await _listing.ResumeAsync();
                if (Fleet.Machines.IsEmpty)
                {
                    _context.Turns.Rest(Timeout.InfiniteTimeSpan);
                }

                await RefreshListAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogListClosed(_logger, _list.Place);
        }
    }

    private async Task RefreshListAsync(CancellationToken cancellationToken)
    {
        var (list, error) = (_list.List, _list.Error);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!await _list.RefreshAsync(cancellationToken))
            {
                return;
            }
        }
        finally
        {
            _reading.Release();
        }

        if (_list.Error.Length > 0 && _list.Error != error)
        {
            LogListFault(_logger, _list.Error);
        }

        if (!ReferenceEquals(list, _list.List))
        {
            await ApplyListAsync();
        }
    }

    /// <summary>Takes the list as it is, with the default image where it requires none.</summary>
    private async Task ApplyListAsync()
    {
        await _applying.WaitAsync(CancellationToken.None);
        try
        {
            var list = WithDefaultImage(_list.List, DefaultImage.State.Image);
            LogList(_logger, _list.Place, list.Count);
            var images = new HashSet<string>(StringComparer.Ordinal);
            foreach (var machine in list.Machines)
            {
                images.Add(machine.RequiredImage);
                images.Add(machine.PlannedImage);
            }

            images.Remove("");
            Images.SetNeeded(images, _stopping.Token);
            Latest.SetNeeded(list.Machines.Where(static m => m.RequiredImage.Length > 0).Select(static m => Brake.DirectoryName(m.RequiredImage)).ToHashSet(StringComparer.Ordinal));
            Pauses.Keep(hostname => list.Find(hostname) is not null);
            Disruptions.Keep(hostname => list.Find(hostname) is not null);
            await Fleet.ApplyAsync(list);
            await Task.WhenAll(_state.SaveMachinesAsync(), _state.SaveBrakeAsync(), _state.SaveSafetyAsync(), _state.SaveControlsAsync());
        }
        catch (IOException fault)
        {
            LogListNotKept(_logger, fault.Message);
        }
        finally
        {
            _applying.Release();
        }
    }

    private static MachineList WithDefaultImage(MachineList list, string image) => image.Length == 0
        ? list
        : new MachineList(list.Machines.Select(m => m.RequiredImage.Length == 0 ? m with { RequiredImage = image } : m));
}
