using System.Globalization;
using System.Text.Json;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;

namespace Dom.Bench.Fleet;

/// <summary>A master with thousands of real subs: its cost in peace, roll-out under the brake, a crash in the middle, expiring certificates and a new authority.</summary>
/// <remarks>
/// <c>fleet [10000] [--idle 60] [--drift 300] [--look 60] [--dir DIR]</c>. The directory should lie in memory (/dev/shm). One machine in ten is not there, one in a hundred
/// cannot start its services, one in a hundred has a certificate that expires. Subs run in other processes, a thousand in each; each changes
/// a file after a pause of its own around <c>--drift</c> seconds, and looks at its tree every <c>--look</c> seconds.
/// </remarks>
internal sealed class FleetBench : IAsyncDisposable
{
    private const int SubsPerProcess = 1000;
    private const string FirstImage = "fleet/1";
    private const string SecondImage = "fleet/2";
    private const string BadCertificate = "connect failed: bad certificate";
    private static readonly TimeSpan ShortLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly FleetLayout _layout;
    private readonly int _machines;
    private readonly BenchTable _table = new();
    private readonly FleetAuthority _authority;
    private readonly FleetView _view;
    private readonly List<FleetProcess> _processes = [];
    private FleetProcess? _master;
    private string _imageServer = "";

    private FleetBench(string directory, int machines)
    {
        _layout = new FleetLayout(directory);
        _machines = machines;
        _authority = new FleetAuthority(_layout);
        _view = new FleetView(_layout);
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var machines = arguments.Length > 0 && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var count) ? count : 10_000;
        var options = new BenchOptions(arguments.Length % 2 == 1 ? arguments.AsSpan(1) : arguments, "--idle", "--drift", "--look", "--dir");
        var directory = Directory.CreateDirectory(Path.Combine(options.Get("--dir", "/dev/shm"), $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            await using var bench = new FleetBench(directory, machines);
            await bench.PrepareAsync(options.Get("--drift", 300), options.Get("--look", 60));
            await bench.MeasurePeaceAsync(TimeSpan.FromSeconds(options.Get("--idle", 60)));
            await bench.MeasureRollOutAsync();
            await bench.MeasureRotationAsync();
            return bench._table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        if (_master is not null)
        {
            await _master.DisposeAsync();
        }

        await _view.DisposeAsync();
        _authority.Dispose();
    }

    private int Present => Enumerable.Range(0, _machines).Count(m => !FleetLayout.IsUnreachable(m));

    private int Failing => Enumerable.Range(0, _machines).Count(m => FleetLayout.IsFailing(m) && !FleetLayout.IsUnreachable(m));

    private async Task PrepareAsync(int drift, int look)
    {
        _authority.IssueForServers();
        _authority.IssueForMachines(_machines, TimeSpan.FromDays(1));
        FleetTree.Write(_layout.Source(1), 1);
        FleetTree.Write(_layout.Source(2), 2);
        foreach (var machine in Enumerable.Range(0, _machines).Where(m => !FleetLayout.IsUnreachable(m)))
        {
            FleetTree.Write(_layout.Root(machine), 1);
        }

        var (images, address) = await FleetProcess.StartRoleAsync(
            _layout, "imageserver", "ImageServer.Listen=127.0.0.1:0", $"ImageServer.StateDirectory={_layout.ImageServerState}");
        _processes.Add(images);
        _imageServer = address;
        await PushAsync(FirstImage, _layout.Source(1));
        await PushAsync(SecondImage, _layout.Source(2));

        var started = TimeProvider.System.GetTimestamp();
        for (var from = 0; from < _machines; from += SubsPerProcess)
        {
            _processes.Add(await FleetProcess.StartSubsAsync(
                "--dir", _layout.Directory, "--from", Text(from), "--to", Text(Math.Min(_machines, from + SubsPerProcess)), "--pause", Text(drift), "--look", Text(look)));
        }

        _table.Add($"{Present:N0} subs started, {SubsPerProcess:N0} in a process", Seconds(TimeProvider.System.GetElapsedTime(started).TotalSeconds));
    }

    private async Task MeasurePeaceAsync(TimeSpan idle)
    {
        Require(FirstImage);
        var started = TimeProvider.System.GetTimestamp();
        await StartMasterAsync();
        var known = await _view.WaitAsync("all known", s => s.Alive >= Present, Patience) + TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        _table.Add($"all {Present:N0} of {_machines:N0} machines known to a new master", Seconds(known), goal: "< 60 s", met: known < 60);
        await _view.WaitAsync("all have the first image", s => s.Compliant >= Present * 99 / 100, Patience);
        while (await _view.AppliedAsync(FirstImage) < Present)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var cpu = Master.ProcessorSeconds;
        var corrections = await _view.CorrectionsAsync();
        started = TimeProvider.System.GetTimestamp();
        await Task.Delay(idle);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var each = (Master.ProcessorSeconds - cpu) / seconds / _machines * 1e6;
        _table.Add(
            $"master's processor time a machine and second, {(await _view.CorrectionsAsync() - corrections) / seconds:0.0} corrections a second",
            each.ToString("0.0 µs", CultureInfo.InvariantCulture), goal: "< 20 µs", met: each < 20);
        AddMemory("master's resident set a machine");
    }

    private async Task MeasureRollOutAsync()
    {
        Require(SecondImage);
        var started = TimeProvider.System.GetTimestamp();
        await _view.WaitAsync("a third has the second image", s => s.Compliant < Present, Patience);
        while (await _view.AppliedAsync(SecondImage) < Present / 3)
        {
            await _view.WaitAsync("turns", _ => true, Patience);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        await Master.KillAsync();
        var known = await RestartAsync(Present);
        _table.Add("master killed in the middle of a roll-out: all known again", Seconds(known), goal: "< 60 s", met: known < 60);
        while (await _view.AppliedAsync(SecondImage) < Present - Failing)
        {
            await _view.WaitAsync("turns", _ => true, Patience);
            await _view.TimePageAsync();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var most = Math.Max(1, _machines / 20);
        _table.Add($"a new image on {Present:N0} machines, 5 % at a time, {Failing:N0} of them failing", Seconds(TimeProvider.System.GetElapsedTime(started).TotalSeconds));
        _table.Add("turns in use at once", Text(_view.MostTurns), goal: $"<= {most:N0}", met: _view.MostTurns <= most);
        _table.Add("slowest page of all machines meanwhile", Seconds(_view.SlowestPage), goal: "< 0.3 s", met: _view.SlowestPage < 0.3);
        AddMemory("master's resident set a machine, after the roll-out");
    }

    private async Task MeasureRotationAsync()
    {
        _authority.BeginRotation();
        _authority.IssueForServers();
        _authority.IssueForMachines(_machines, ShortLife);
        var issued = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(5));
        _authority.EndRotation();
        await Task.Delay(TimeSpan.FromSeconds(5));
        await _view.ConnectAsync(_address);
        var seconds = await _view.WaitAsync("all alive under the new authority", s => s.Alive >= Present, Patience);
        _table.Add("authority and all certificates replaced while running: all alive", Seconds(seconds));

        // Connections that are open outlive the certificates they were made with: a new master shows who cannot be trusted any more.
        var rest = ShortLife + TimeSpan.FromSeconds(1) - TimeProvider.System.GetElapsedTime(issued);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        var expiring = Enumerable.Range(0, _machines).Count(m => FleetLayout.IsExpiring(m) && !FleetLayout.IsUnreachable(m));
        await RestartAsync(Present - expiring);
        await _view.WaitAsync("expired certificates are named", s => s.ByStatus.GetValueOrDefault(BadCertificate) >= expiring, Patience);
        foreach (var machine in Enumerable.Range(0, _machines).Where(FleetLayout.IsExpiring))
        {
            _authority.IssueForMachine(machine);
        }

        seconds = await _view.WaitAsync("machines with renewed certificates are back", s => s.Alive >= Present, Patience);
        _table.Add($"{expiring:N0} expired certificates, named as such, then renewed: all alive", Seconds(seconds));
    }

    private string _address = "";

    private FleetProcess Master => _master ?? throw new InvalidOperationException("the master does not run");

    private async Task StartMasterAsync()
    {
        (_master, _address) = await FleetProcess.StartRoleAsync(
            _layout, "master", "Master.Listen=127.0.0.1:0", $"Master.StateDirectory={_layout.MasterState}", $"Master.MachineList={_layout.MachineList}",
            $"Master.ImageServer={_imageServer}", $"Master.SubPort={FleetLayout.SubPort}", "Master.MaxFailures=2%");
        await _view.ConnectAsync(_address);
    }

    /// <summary>Starts the master anew; returns the seconds until this many machines are known.</summary>
    private async Task<double> RestartAsync(int known)
    {
        var started = TimeProvider.System.GetTimestamp();
        await Master.DisposeAsync();
        await StartMasterAsync();
        await _view.WaitAsync("all known again", s => s.Alive >= known, Patience);
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    private void AddMemory(string what)
    {
        var each = Master.ResidentBytes / 1024.0 / _machines;
        _table.Add(what, each.ToString("0 KiB", CultureInfo.InvariantCulture), goal: "< 80 KiB", met: each < 80);
    }

    private void Require(string image)
    {
        var list = Enumerable.Range(0, _machines)
            .Select(m => new Machine { Hostname = FleetLayout.Name(m), IpAddress = FleetLayout.Address(m).ToString(), RequiredImage = image }).ToArray();
        File.WriteAllBytes(_layout.MachineList + ".new", JsonSerializer.SerializeToUtf8Bytes(list, MachineJson.Default.IReadOnlyListMachine));
        File.Move(_layout.MachineList + ".new", _layout.MachineList, overwrite: true);
    }

    private async Task PushAsync(string name, string source)
    {
        var endpoint = System.Net.IPEndPoint.Parse(_imageServer);
        var (certificate, key) = _layout.Credentials("admin");
        await using var client = new RpcClient(
            new RpcEndpoint { Host = endpoint.Address.ToString(), Port = endpoint.Port, Role = "imageserver" },
            RpcCredentials.FromFiles(_layout.CaFile, identityCa: null, certificate, key));
        var triggers = TriggerSet.Parse("""[{ "MatchLines": ["/directory-0/.*"], "Service": "synthetic" }]""");
        await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = new DirectorySource(source), Triggers = triggers }, null, CancellationToken.None);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
