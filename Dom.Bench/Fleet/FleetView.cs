using System.Globalization;
using System.Net;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;

namespace Dom.Bench.Fleet;

/// <summary>The fleet as its master tells it to a person.</summary>
internal sealed class FleetView(FleetLayout layout) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _pages = new();
    private RpcClient? _client;
    private string _address = "";

    /// <summary>The most turns of the brake that were seen in use at once.</summary>
    public int MostTurns { get; private set; }

    /// <summary>The slowest the page of all machines answered, in seconds.</summary>
    public double SlowestPage { get; private set; }

    /// <summary>Looks at another master from now on.</summary>
    public async Task ConnectAsync(string address)
    {
        await DisposeClientAsync();
        _address = address;
        var endpoint = IPEndPoint.Parse(address);
        var (certificate, key) = layout.Credentials("admin");
        _client = new RpcClient(
            new RpcEndpoint { Host = endpoint.Address.ToString(), Port = endpoint.Port, Role = "master" },
            RpcCredentials.FromFiles(layout.CaFile, identityCa: null, certificate, key));
    }

    /// <summary>The fleet in a few numbers.</summary>
    public Task<MasterStatus> StatusAsync() => Client.CallAsync(DominatorMethods.GetStatus, new SubQuery(), CancellationToken.None);

    /// <summary>Looks twice a second until it is so; returns the seconds it took.</summary>
    public async Task<double> WaitAsync(string what, Func<MasterStatus, bool> isSo, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var status = await StatusAsync();
            MostTurns = Math.Max(MostTurns, await TurnsAsync());
            var elapsed = TimeProvider.System.GetElapsedTime(started);
            if (isSo(status))
            {
                return elapsed.TotalSeconds;
            }

            if (elapsed > limit)
            {
                var counts = string.Join(", ", status.ByStatus.Select(s => $"{s.Value} {s.Key}"));
                throw new TimeoutException($"{what}: not within {limit}; {counts}; halted: {string.Join(", ", status.HaltedImages)}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Drift corrected on all machines.</summary>
    public async Task<long> CorrectionsAsync()
    {
        var sum = 0L;
        await foreach (var page in Client.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery(), CancellationToken.None))
        {
            sum += page.Subs.Sum(s => s.Corrections);
        }

        return sum;
    }

    /// <summary>Machines of which the last answer says that they have applied this image.</summary>
    public async Task<int> AppliedAsync(string image)
    {
        var count = 0;
        await foreach (var page in Client.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery(), CancellationToken.None))
        {
            count += page.Subs.Count(s => s.State?.AppliedImage == image);
        }

        return count;
    }

    /// <summary>Times the page that lists the machines, as a person sees it.</summary>
    public async Task TimePageAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        await _pages.GetByteArrayAsync($"http://{_address}/subs");
        SlowestPage = Math.Max(SlowestPage, TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeClientAsync();
        _pages.Dispose();
    }

    private RpcClient Client => _client ?? throw new InvalidOperationException("not connected");

    private async Task<int> TurnsAsync()
    {
        var metrics = await _pages.GetStringAsync($"http://{_address}/metrics");
        return metrics.Split('\n').Where(l => l.StartsWith("dom_turns_in_use{", StringComparison.Ordinal))
            .Sum(l => (int)double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private async Task DisposeClientAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
    }
}
