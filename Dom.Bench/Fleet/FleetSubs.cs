using System.Net;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Scanning;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench.Fleet;

/// <summary>Many real subs in one process, each with its own address, certificate and tree, and hands that change the trees.</summary>
/// <remarks>
/// <c>fleet-subs --dir D --from N --to N --pause SECONDS --look SECONDS</c>. Each tree has one file changed after a pause of its own around that long; 0 changes none.
/// Each sub looks at its tree that often: thousands of roots of one file system cannot each have a notice group, and the sweeps share two processors.
/// </remarks>
internal static class FleetSubs
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--dir", "--from", "--to", "--pause", "--look");
        var layout = new FleetLayout(options.Get("--dir", ""));
        var machines = Enumerable.Range(options.Get("--from", 0), options.Get("--to", 0) - options.Get("--from", 0)).Where(m => !FleetLayout.IsUnreachable(m)).ToArray();
        var look = TimeSpan.FromSeconds(options.Get("--look", 60));
        var subs = new List<SubRole>();
        foreach (var machine in machines)
        {
            var sub = new SubRole(Options(layout, machine, look), NullLoggerFactory.Instance, TimeProvider.System);
            await sub.StartAsync(CancellationToken.None);
            subs.Add(sub);
        }

        Console.WriteLine("all listen");
        var pause = options.Get("--pause", 0);
        var changes = pause > 0 ? machines.Select(machine => ChangeAsync(layout.Root(machine), new Random(machine), pause)) : [];

        // The parent kills this process; when the parent is gone its pipe ends. The console reads in the caller's thread.
        await await Task.WhenAny([Task.Run(Console.In.ReadToEnd), .. changes]);
        return 0;
    }

    private static SubOptions Options(FleetLayout layout, int machine, TimeSpan look)
    {
        var (certificate, key) = layout.Credentials(FleetLayout.Name(machine));
        return new SubOptions
        {
            Listen = new IPEndPoint(FleetLayout.Address(machine), FleetLayout.SubPort),
            Root = layout.Root(machine),
            ScanExclusions = [],
            MinSweepInterval = look,
            SweepInterval = look,
            NetworkSpeedPercent = 100,
            Notice = NoticeMode.Off,
            ServiceCommand = FleetLayout.IsFailing(machine) ? "/bin/false" : "/bin/true",
            Tls = new TlsOptions { CaFile = layout.CaFile, CertificateFile = certificate, KeyFile = key },
        };
    }

    private static async Task ChangeAsync(string root, Random random, int pause)
    {
        var paths = FleetTree.Paths.ToArray();
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(pause * (0.5 + random.NextDouble())));
            await File.WriteAllTextAsync(Path.Combine(root, paths[random.Next(paths.Length)]), "changed by somebody");
        }
    }
}
