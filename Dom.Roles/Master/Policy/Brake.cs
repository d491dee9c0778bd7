using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

/// <summary>
/// Rules 23 and 24: limits how many machines of an image directory are updated at once, stops an image after failures, and gives no turn after a
/// restart before the fleet has been heard. Correcting drift takes no turn. Safe for several threads.
/// </summary>
internal sealed partial class Brake : IDisposable
{
    private readonly Lock _lock = new();
    private readonly BrakeLimits _limits;
    private readonly TimeProvider _clock;
    private readonly Action<string> _wake;
    private readonly ITimer _restartTimer;
    private readonly Dictionary<string, DirectoryBrake> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TurnRecord> _turns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryBrake> _waiting = new(StringComparer.Ordinal);
    private readonly ImageFailures _failures;
    private bool _restartOver;

    /// <param name="limits">The numbers.</param>
    /// <param name="state">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="wake">Called, outside any lock, with the name of a machine that should ask again.</param>
    public Brake(BrakeLimits limits, BrakeState state, TimeProvider clock, Action<string> wake)
    {
        _limits = limits;
        _clock = clock;
        _wake = wake;
        _failures = new ImageFailures(state, clock);
        foreach (var turn in state.Turns)
        {
            _turns[turn.Hostname] = turn;
            DirectoryOf(turn.Image).Line.Force(turn.Hostname);
        }

        _restartTimer = clock.CreateTimer(_ => EndRestart(), null, limits.RestartWait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The directory of an image's name: the machines of one directory share a brake.</summary>
    public static string DirectoryName(string image)
    {
        var slash = image.LastIndexOf('/');
        return slash < 0 ? "" : image[..slash];
    }

    /// <summary>Tells which machines there are and what they require. Machines that are gone lose their turns and failures.</summary>
    public void SetFleet(IReadOnlyDictionary<string, string> requiredImages)
    {
        var called = new List<string>();
        lock (_lock)
        {
            foreach (var directory in _directories.Values)
            {
                directory.Machines = 0;
                directory.Answered.RemoveWhere(host => !requiredImages.ContainsKey(host));
            }

            foreach (var (_, image) in requiredImages)
            {
                DirectoryOf(image).Machines++;
            }

            foreach (var host in _turns.Keys.Concat(_waiting.Keys).Where(host => !requiredImages.ContainsKey(host)).ToList())
            {
                Leave(host);
                LeaveLine(host, called);
            }

            _failures.Keep(requiredImages.ContainsKey);
            foreach (var directory in _directories.Values)
            {
                Recount(directory, called);
            }
        }

        Wake(called);
    }

    /// <summary>Tells that a machine has answered since the start.</summary>
    public void Heard(string host, string image)
    {
        var called = new List<string>();
        lock (_lock)
        {
            if (_restartOver)
            {
                return;
            }

            var directory = DirectoryOf(image);
            directory.Answered.Add(host);
            Recount(directory, called);
        }

        Wake(called);
    }

    /// <summary>Asks for a turn to bring a machine to an image; stands in line when there is none.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="image">The image it is brought to.</param>
    /// <param name="hurries">True for a turn that a person wants now (rule 25): it bypasses the line, counts, and is not given for an image that stopped.</param>
    public TurnAnswer Ask(string host, string image, bool hurries = false)
    {
        var called = new List<string>();
        TurnAnswer answer;
        lock (_lock)
        {
            answer = Ask(host, image, hurries, called);
        }

        Wake(called);
        return answer;
    }

    /// <summary>Tells that a machine wants no turn now. A turn it has stays: that ends by <see cref="End"/> only.</summary>
    public void Withdraw(string host)
    {
        var called = new List<string>();
        lock (_lock)
        {
            LeaveLine(host, called);
        }

        Wake(called);
    }

    /// <summary>The image a machine has its turn for; null without one.</summary>
    public string? TurnOf(string host)
    {
        lock (_lock)
        {
            return _turns.GetValueOrDefault(host)?.Image;
        }
    }

    /// <summary>Ends a turn; nothing happens without one. True when this made the image stop rolling.</summary>
    public bool End(string host, TurnEnd end, string reason)
    {
        var called = new List<string>();
        var halted = false;
        lock (_lock)
        {
            if (!_turns.TryGetValue(host, out var turn))
            {
                return false;
            }

            Leave(host);
            if (end == TurnEnd.Done)
            {
                _failures.Forget(host, turn.Image);
            }
            else if (end == TurnEnd.Failed)
            {
                halted = _failures.Count(host, turn.Image, reason, _limits.FailuresOf(DirectoryOf(turn.Image).Machines));
            }

            DirectoryOf(turn.Image).Line.Call(called);
        }

        Wake(called);
        return halted;
    }

    /// <inheritdoc/>
    public void Dispose() => _restartTimer.Dispose();

    private TurnAnswer Ask(string host, string image, bool hurries, List<string> called)
    {
        var directory = DirectoryOf(image);
        if (_turns.TryGetValue(host, out var turn) && DirectoryName(turn.Image) != DirectoryName(image))
        {
            // The machine list moved the machine to another stream of images: there it stands in line anew.
            Leave(host);
            DirectoryOf(turn.Image).Line.Call(called);
            turn = null;
        }

        if (_waiting.TryGetValue(host, out var line) && line != directory)
        {
            LeaveLine(host, called);
        }

        if (_failures.IsHalted(image))
        {
            Leave(host);
            LeaveLine(host, called);
            directory.Line.Call(called);
            return TurnAnswer.Halted;
        }

        if (turn is not null)
        {
            if (turn.Image == image)
            {
                return TurnAnswer.Held;
            }

            _turns[host] = turn with { Image = image };
            return TurnAnswer.Granted;
        }

        if (hurries)
        {
            directory.Line.Force(host);
        }
        else if (!directory.Line.TryTake(host, 0))
        {
            _waiting[host] = directory;
            return directory.IsOpen ? TurnAnswer.Waiting : TurnAnswer.Restarting;
        }

        _waiting.Remove(host);
        _turns[host] = new TurnRecord { Hostname = host, Image = image, Since = _clock.GetUtcNow() };
        return TurnAnswer.Granted;
    }

    private void Leave(string host)
    {
        if (_turns.Remove(host, out var turn))
        {
            DirectoryOf(turn.Image).Line.Leave(host);
        }
    }

    private void LeaveLine(string host, List<string> called)
    {
        if (_waiting.Remove(host, out var directory))
        {
            directory.Line.Leave(host);
            directory.Line.Call(called);
        }
    }

    private void EndRestart()
    {
        var called = new List<string>();
        lock (_lock)
        {
            _restartOver = true;
            foreach (var directory in _directories.Values)
            {
                Recount(directory, called);
            }
        }

        Wake(called);
    }

    private void Recount(DirectoryBrake directory, List<string> called)
    {
        directory.IsOpen = directory.IsOpen || _restartOver
            || (directory.Machines > 0 && directory.Answered.Count * 100L >= directory.Machines * (long)_limits.RestartAnswers);
        directory.Line.Capacity = directory.IsOpen ? _limits.UpdatingOf(directory.Machines) : 0;
        directory.Line.Call(called);
    }

    private DirectoryBrake DirectoryOf(string image)
    {
        var name = DirectoryName(image);
        if (!_directories.TryGetValue(name, out var directory))
        {
            directory = new DirectoryBrake();
            _directories.Add(name, directory);
            Recount(directory, []);
        }

        return directory;
    }

    private void Wake(List<string> called)
    {
        foreach (var host in called)
        {
            _wake(host);
        }
    }

    private sealed class DirectoryBrake
    {
        public SlotLine Line { get; } = new(urgencies: 1, capacity: 0);

        public HashSet<string> Answered { get; } = new(StringComparer.Ordinal);

        public int Machines { get; set; }

        public bool IsOpen { get; set; }
    }
}
