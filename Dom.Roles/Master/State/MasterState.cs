using Dom.Core.Contracts.Dominator;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Roles.Hosting;
using Dom.Roles.Master.Records;

namespace Dom.Roles.Master.State;

/// <summary>
/// The state directory: what people decided and what machines are in the middle of, each in a small file of its own. One master at a time.
/// </summary>
internal sealed class MasterState : IDisposable
{
    private const string IdentityFile = "master.json";
    private const string UpdatesFile = "updates.json";
    private const string BrakeFile = "brake.json";
    private const string SafetyFile = "safety-clears.json";
    private const string ImagesFile = "images.json";
    private const string MachinesFile = "machines.json";
    private const string ControlsFile = "controls.json";

    private readonly DirectoryHandle _directory;
    private DurableFile<UpdatesSwitch>? _updates;
    private DurableFile<BrakeState>? _brake;
    private DurableFile<SafetyState>? _safety;
    private DurableFile<ImagesState>? _images;
    private DurableFile<IReadOnlyList<Machine>>? _machines;
    private DurableFile<ControlsState>? _controls;

    private MasterState(DirectoryHandle directory)
    {
        _directory = directory;
        Identity = DurableFile<MasterIdentity>.Load(directory, IdentityFile, MasterStateJson.Default.MasterIdentity);
        Updates = DurableFile<UpdatesSwitch>.Load(directory, UpdatesFile, MasterStateJson.Default.UpdatesSwitch) ?? new UpdatesSwitch();
        Brake = DurableFile<BrakeState>.Load(directory, BrakeFile, MasterStateJson.Default.BrakeState) ?? new BrakeState();
        Safety = DurableFile<SafetyState>.Load(directory, SafetyFile, MasterStateJson.Default.SafetyState) ?? new SafetyState();
        Images = DurableFile<ImagesState>.Load(directory, ImagesFile, MasterStateJson.Default.ImagesState) ?? new ImagesState();
        Controls = DurableFile<ControlsState>.Load(directory, ControlsFile, MasterStateJson.Default.ControlsState) ?? new ControlsState();
        Machines = DurableFile<IReadOnlyList<Machine>>.Load(directory, MachinesFile, MachineJson.Default.IReadOnlyListMachine);
    }

    /// <summary>What this master is called; null before <see cref="NameAsync"/> was called once.</summary>
    public MasterIdentity? Identity { get; private set; }

    /// <summary>The emergency stop as it was.</summary>
    public UpdatesSwitch Updates { get; }

    /// <summary>The brake as it was.</summary>
    public BrakeState Brake { get; }

    /// <summary>Safety stops that were cleared.</summary>
    public SafetyState Safety { get; }

    /// <summary>Images that were known.</summary>
    public ImagesState Images { get; }

    /// <summary>What else people set.</summary>
    public ControlsState Controls { get; }

    /// <summary>The last good machine list; null when there was none.</summary>
    public IReadOnlyList<Machine>? Machines { get; }

    /// <summary>Opens the directory, making it when it is not there, and reads everything.</summary>
    /// <exception cref="IOException">It cannot be opened or made, or another master uses it.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static MasterState Open(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        var directory = DirectoryHandle.Open(path);
        try
        {
            return directory.TryLock(exclusive: true)
                ? new MasterState(directory)
                : throw new IOException($"another master uses {path}: two masters must not share a state directory");
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Says where the content of each file comes from; once, before the first save.</summary>
    public void Attach(
        Func<UpdatesSwitch> updates, Func<BrakeState> brake, Func<SafetyState> safety, Func<ImagesState> images,
        Func<IReadOnlyList<Machine>> machines, Func<ControlsState> controls)
    {
        _updates = new(_directory, UpdatesFile, MasterStateJson.Default.UpdatesSwitch, updates);
        _brake = new(_directory, BrakeFile, MasterStateJson.Default.BrakeState, brake);
        _safety = new(_directory, SafetyFile, MasterStateJson.Default.SafetyState, safety);
        _images = new(_directory, ImagesFile, MasterStateJson.Default.ImagesState, images);
        _machines = new(_directory, MachinesFile, MachineJson.Default.IReadOnlyListMachine, machines);
        _controls = new(_directory, ControlsFile, MasterStateJson.Default.ControlsState, controls);
    }

    /// <summary>Opens the history of machines.</summary>
    public MachineLog<HistoryRecord> OpenHistory(int kilobytes) => new(_directory, "history", RecordsJson.Default.HistoryRecord, kilobytes << 10);

    /// <summary>Opens the corrected deviations of machines.</summary>
    public MachineLog<DriftEntry> OpenDrift(int kilobytes) => new(_directory, "drift", RecordsJson.Default.DriftEntry, kilobytes << 10);

    /// <summary>Gives this master its name, once for all restarts.</summary>
    public Task NameAsync(string id)
    {
        Identity = new MasterIdentity { Id = id };
        return new DurableFile<MasterIdentity>(_directory, IdentityFile, MasterStateJson.Default.MasterIdentity, () => Identity).SaveAsync();
    }

    /// <summary>Makes the emergency stop durable.</summary>
    public Task SaveUpdatesAsync() => Attached(_updates).SaveAsync();

    /// <summary>Makes turns, failures and halted images durable.</summary>
    public Task SaveBrakeAsync() => Attached(_brake).SaveAsync();

    /// <summary>Makes cleared safety stops durable.</summary>
    public Task SaveSafetyAsync() => Attached(_safety).SaveAsync();

    /// <summary>Makes pauses and the default image durable.</summary>
    public Task SaveControlsAsync() => Attached(_controls).SaveAsync();

    /// <summary>Makes known images durable.</summary>
    public Task SaveImagesAsync() => Attached(_images).SaveAsync();

    /// <summary>Makes the last good machine list durable.</summary>
    public Task SaveMachinesAsync() => Attached(_machines).SaveAsync();

    /// <summary>Why decisions of people and of the brake are in force that a restart would forget; empty when there are none.</summary>
    public IReadOnlyList<string> Unsaved() =>
        [.. new[] { Attached(_updates).Error, Attached(_brake).Error, Attached(_safety).Error, Attached(_controls).Error }.Where(e => e.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>Saves again what could not be saved; nothing happens when all is saved.</summary>
    /// <exception cref="IOException">It still cannot be written.</exception>
    public Task RetryAsync() => Task.WhenAll(
        Retry(Attached(_updates)), Retry(Attached(_brake)), Retry(Attached(_safety)), Retry(Attached(_controls)));

    /// <summary>Completes when every save that was asked for has been tried. Whoever asked has the outcome.</summary>
    public Task FlushAsync() => Task.WhenAll(
        Attached(_updates).IdleAsync(), Attached(_brake).IdleAsync(), Attached(_safety).IdleAsync(), Attached(_images).IdleAsync(), Attached(_machines).IdleAsync(),
        Attached(_controls).IdleAsync());

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static Task Retry<T>(DurableFile<T> file)
        where T : class => file.Error.Length > 0 ? file.SaveAsync() : Task.CompletedTask;

    private static T Attached<T>(T? file)
        where T : class => file ?? throw new InvalidOperationException("the state is saved before it is attached");
}
