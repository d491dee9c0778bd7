using System.Collections.Immutable;
using Dom.Core.Machines;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

/// <summary>All machines of the list, in host name order. Readers get snapshots and never wait.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly Dictionary<string, ManagedMachine> _byName = new(StringComparer.Ordinal);
    private readonly MasterContext _context;
    private volatile Snapshot _snapshot = new([], new Dictionary<string, ManagedMachine>());

    /// <summary>Makes an empty fleet.</summary>
    public Fleet(MasterContext context) => _context = context;

    /// <summary>The numbers of the machines' changes.</summary>
    public FleetChanges Changes => _context.Changes;

    /// <summary>The machines in host name order.</summary>
    public ImmutableArray<ManagedMachine> Machines => _snapshot.Ordered;

    /// <summary>The machine of that name, or null.</summary>
    public ManagedMachine? Find(string hostname) => _snapshot.ByName.GetValueOrDefault(hostname);

    /// <summary>Makes one machine look at everything anew.</summary>
    public void Wake(string hostname) => Find(hostname)?.Wake();

    /// <summary>Makes all machines look at everything anew.</summary>
    public void WakeAll()
    {
        foreach (var machine in Machines)
        {
            machine.Wake();
        }
    }

    /// <summary>Makes the machines of one image look at everything anew.</summary>
    public void WakeFor(string image)
    {
        foreach (var machine in Machines)
        {
            var entry = machine.Entry;
            if (entry.RequiredImage == image || entry.PlannedImage == image)
            {
                machine.Wake();
            }
        }
    }

    /// <summary>Notes for those who watch that a directory has another newest image: the machines that require an image of it are to be shown anew.</summary>
    public void NoteLatest(string directory)
    {
        foreach (var machine in Machines)
        {
            if (Brake.DirectoryName(machine.Entry.RequiredImage) == directory)
            {
                machine.NoteNewerImage();
            }
        }
    }

    /// <summary>How many machines have each status.</summary>
    public IReadOnlyDictionary<MachineStatus, int> Count()
    {
        var counts = new int[MachineStatuses.All.Count];
        foreach (var machine in Machines)
        {
            counts[(int)machine.Status]++;
        }

        return MachineStatuses.All.ToDictionary(s => s, s => counts[(int)s]);
    }

    /// <summary>Takes a machine list: starts loops of new machines, ends those of machines that are gone, and tells the others what changed. For one caller at a time.</summary>
    public async Task ApplyAsync(MachineList list)
    {
        var gone = new List<ManagedMachine>();
        var fresh = new List<ManagedMachine>();
        foreach (var machine in _byName.Values.Where(m => list.Find(m.Hostname) is not { } entry || entry.Host != m.Entry.Host).ToList())
        {
            _byName.Remove(machine.Hostname);
            gone.Add(machine);
        }

        // What a machine that stays has to be told depends on the images and the brake, so these hear first.
        _context.Brake.SetFleet(list.Machines.ToDictionary(m => m.Hostname, m => m.RequiredImage, StringComparer.Ordinal));
        foreach (var entry in list.Machines)
        {
            if (!_byName.TryGetValue(entry.Hostname, out var machine))
            {
                machine = new ManagedMachine(entry, _context);
                _byName.Add(entry.Hostname, machine);
                fresh.Add(machine);
            }
            else if (!machine.Entry.Equals(entry))
            {
                machine.Change(entry);
            }
        }

        Publish(list);
        await Task.WhenAll(gone.Select(m => m.EndAsync(releases: list.Find(m.Hostname) is null).AsTask()));
        foreach (var machine in gone.Where(m => list.Find(m.Hostname) is null))
        {
            _context.Clears.Forget(machine.Hostname);
            Changes.NoteGone(machine.Hostname);
        }

        foreach (var machine in fresh)
        {
            machine.Start();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_byName.Values.Select(m => m.DisposeAsync().AsTask()));
        _byName.Clear();
    }

    private void Publish(MachineList list) => _snapshot = new Snapshot(
        [.. list.Machines.Select(m => _byName[m.Hostname])], new Dictionary<string, ManagedMachine>(_byName, StringComparer.Ordinal));

    private sealed record Snapshot(ImmutableArray<ManagedMachine> Ordered, IReadOnlyDictionary<string, ManagedMachine> ByName);
}
