using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Dom.Tests.Support;

namespace Dom.Tests.Interop.Etcd;

/// <summary>Members of a real etcd (Debian's package) on loopback. A test that needs it fails without it.</summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private readonly List<Member> _members = [];
    private readonly TempDirectory _directory = new("dom-etcd-");
    private readonly string[] _more;

    private EtcdCluster(int members, string scheme, string[] more)
    {
        _more = more;
        for (var i = 0; i < members; i++)
        {
            _members.Add(new Member($"m{i}", new Uri($"{scheme}://127.0.0.1:{FreePort()}"), new Uri($"http://127.0.0.1:{FreePort()}")));
        }
    }

    /// <summary>Where the members answer.</summary>
    public IReadOnlyList<Uri> Endpoints => [.. _members.Select(m => m.Client)];

    /// <summary>Starts them.</summary>
    /// <param name="members">How many.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <param name="scheme">http or https.</param>
    /// <param name="more">Further options of etcd.</param>
    public static async Task<EtcdCluster> StartAsync(int members, CancellationToken token, string scheme = "http", params string[] more)
    {
        var cluster = new EtcdCluster(members, scheme, more);
        for (var i = 0; i < members; i++)
        {
            cluster.Start(i);
        }

        if (scheme == "http")
        {
            await cluster.WhenHealthyAsync(token);
        }

        return cluster;
    }

    /// <summary>Starts a member that was killed.</summary>
    public void Start(int index)
    {
        var member = _members[index];
        string[] arguments =
        [
            "--name", member.Name, "--data-dir", _directory.Combine(member.Name), "--enable-v2", "--log-level", "error", "--logger", "zap",
            "--listen-client-urls", Text(member.Client), "--advertise-client-urls", Text(member.Client),
            "--listen-peer-urls", Text(member.Peer), "--initial-advertise-peer-urls", Text(member.Peer),
            "--initial-cluster", string.Join(',', _members.Select(m => $"{m.Name}={Text(m.Peer)}")), "--election-timeout", "2000", "--heartbeat-interval", "200",
            .. _more,
        ];
        var start = new ProcessStartInfo("etcd", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new AssertionException("etcd did not start");
        process.OutputDataReceived += (_, line) => member.Said(line.Data);
        process.ErrorDataReceived += (_, line) => member.Said(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        member.Process = process;
    }

    /// <summary>Kills a member.</summary>
    public async Task KillAsync(int index)
    {
        if (_members[index].Process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _members[index].Process = null;
        }
    }

    /// <summary>Completes when the members have a leader.</summary>
    public async Task WhenHealthyAsync(CancellationToken token)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        while (true)
        {
            try
            {
                if ((await http.GetStringAsync(new Uri(_members.First(m => m.Process is not null).Client, "/health"), token)).Contains("\"true\"", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !token.IsCancellationRequested)
            {
                if (_members.Find(m => m.Process is { HasExited: true }) is { } dead)
                {
                    throw new AssertionException($"etcd {dead.Name} ended:\n{dead.Log}");
                }
            }

            await Task.Delay(50, token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _members.Count; i++)
        {
            await KillAsync(i);
        }

        _directory.Dispose();
    }

    private static string Text(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Member(string name, Uri client, Uri peer)
    {
        private readonly List<string> _lines = [];

        public string Name => name;

        public Uri Client => client;

        public Uri Peer => peer;

        public Process? Process { get; set; }

        public string Log
        {
            get
            {
                lock (_lines)
                {
                    return string.Join('\n', _lines);
                }
            }
        }

        public void Said(string? line)
        {
            lock (_lines)
            {
                _lines.Add(line ?? "");
            }
        }
    }
}
