using Dom.Core.Rpc;

namespace Dom.Roles.Hosting;

/// <summary>Places for callers that stay, such as readers that follow a log: so many in all, and a quarter of them for one user, so that nobody has all.</summary>
/// <param name="most">How many there are.</param>
/// <param name="what">Who sits there, in the plural, for errors.</param>
/// <param name="code">The error's code; null for that of its status.</param>
internal sealed class Seats(int most, string what, string? code = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>Places of one user.</summary>
    public int MostOfUser => Math.Max(1, most / 4);

    /// <summary>Places that are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place, until the result is disposed of.</summary>
    /// <exception cref="RpcException">There is none.</exception>
    public IDisposable Take(RpcCaller caller)
    {
        lock (_lock)
        {
            var held = _users.GetValueOrDefault(caller.User);
            if (held >= MostOfUser)
            {
                throw new RpcException(
                    RpcStatus.ResourceExhausted, $"{held} {what} are of {caller.User} already; one user may have {MostOfUser} of {most}", code, retryable: true);
            }

            if (_taken >= most)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"there are {most} {what} already", code, retryable: true);
            }

            _taken++;
            _users[caller.User] = held + 1;
            return new Seat(this, caller.User);
        }
    }

    private void Leave(string user)
    {
        lock (_lock)
        {
            _taken--;
            if (--_users[user] == 0)
            {
                _users.Remove(user);
            }
        }
    }

    private sealed class Seat(Seats seats, string user) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                seats.Leave(user);
            }
        }
    }
}
