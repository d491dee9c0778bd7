namespace Dom.Roles.Hosting;

/// <summary>How many refused calls of one caller are recorded one by one; further ones are counted, and told when the window of time is over.</summary>
internal sealed class RefusalBudget(TimeProvider time)
{
    /// <summary>Entries of one caller in a window.</summary>
    public const int Entries = 60;

    /// <summary>Callers told apart at a time; all others share one budget.</summary>
    public const int MaxCallers = 1024;

    /// <summary>The length of a window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private const string Others = "(others)";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>True when this refusal gets an entry.</summary>
    /// <param name="caller">Who was refused.</param>
    /// <param name="isFirstLeftOut">True for the first one of the window that gets none.</param>
    public bool TryTake(string caller, out bool isFirstLeftOut)
    {
        lock (_lock)
        {
            if (!_accounts.TryGetValue(caller, out var account) && !_accounts.TryGetValue(caller = NameOf(caller), out account))
            {
                _accounts.Add(caller, account = new Account(time.GetUtcNow(), time.GetTimestamp()));
            }

            account.Calls++;
            isFirstLeftOut = account.Calls == Entries + 1;
            return account.Calls <= Entries;
        }
    }

    /// <summary>Ends the windows that are over, or all, and returns what was left out in them.</summary>
    public IReadOnlyList<LeftOutCalls> End(bool all)
    {
        lock (_lock)
        {
            var ended = _accounts.Where(a => all || time.GetElapsedTime(a.Value.Began) >= Window).ToList();
            ended.ForEach(a => _accounts.Remove(a.Key));
            return [.. ended.Where(a => a.Value.Calls > Entries).Select(a => new LeftOutCalls(a.Key, a.Value.Calls - Entries, a.Value.Since))];
        }
    }

    private string NameOf(string caller) => _accounts.Count < MaxCallers ? caller : Others;

    private sealed class Account(DateTimeOffset since, long began)
    {
        public DateTimeOffset Since => since;

        public long Began => began;

        public int Calls { get; set; }
    }
}
