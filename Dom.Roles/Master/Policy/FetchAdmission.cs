namespace Dom.Roles.Master.Policy;

/// <summary>
/// Rule 17: how many machines may read from an image server at once. Required images go before planned ones. Safe for several threads.
/// </summary>
internal sealed class FetchAdmission
{
    private const int Required = 0;
    private const int Planned = 1;

    private readonly Lock _lock = new();
    private readonly int _grantsPerServer;
    private readonly Action<string> _wake;
    private readonly Dictionary<string, SlotLine> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SlotLine> _lineOf = new(StringComparer.Ordinal);

    /// <param name="grantsPerServer">How many machines may read from one server at once.</param>
    /// <param name="wake">Called, outside any lock, with the name of a machine that should ask again.</param>
    public FetchAdmission(int grantsPerServer, Action<string> wake)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grantsPerServer, 1);
        _grantsPerServer = grantsPerServer;
        _wake = wake;
    }

    /// <summary>Asks for a grant; stands in line when there is none. True for who has one.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="server">The image server.</param>
    /// <param name="planned">True for what is not required yet: it goes behind what is.</param>
    /// <param name="hurries">True for a grant that a person wants now, whoever waits; it counts.</param>
    public bool TryEnter(string host, string server, bool planned, bool hurries = false)
    {
        var called = new List<string>();
        bool entered;
        lock (_lock)
        {
            if (!_servers.TryGetValue(server, out var line))
            {
                line = new SlotLine(urgencies: 2, _grantsPerServer);
                _servers.Add(server, line);
            }

            if (_lineOf.TryGetValue(host, out var old) && old != line)
            {
                Leave(host, called);
            }

            _lineOf[host] = line;
            if (hurries)
            {
                line.Force(host);
            }

            entered = line.TryTake(host, planned ? Planned : Required);
        }

        Wake(called);
        return entered;
    }

    /// <summary>Gives up a grant or a place in line, if there is one.</summary>
    public void Leave(string host)
    {
        var called = new List<string>();
        lock (_lock)
        {
            Leave(host, called);
        }

        Wake(called);
    }

    /// <summary>For each server that is used: grants given and machines that wait.</summary>
    public IReadOnlyDictionary<string, (int Reading, int Waiting)> Use()
    {
        lock (_lock)
        {
            return _servers.ToDictionary(s => s.Key, s => (s.Value.Holding, s.Value.Waiting), StringComparer.Ordinal);
        }
    }

    private void Leave(string host, List<string> called)
    {
        if (_lineOf.Remove(host, out var line))
        {
            line.Leave(host);
            line.Call(called);
        }
    }

    private void Wake(List<string> called)
    {
        foreach (var host in called)
        {
            _wake(host);
        }
    }
}
