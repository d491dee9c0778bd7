using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>
/// Which master directs this machine: the one that polls it, until it has not polled for its lifetime, lets go, or a person gives the machine to
/// another. A master is its name with the user of its certificate; a new process of it takes over from the one before at once.
/// </summary>
/// <remarks>
/// The holder is remembered over restarts of the sub, and keeps its machine for a lifetime after one: else chance would decide between two masters
/// whenever a machine boots. Each hold has a number that directions name, so that one given under an earlier hold is refused however late it comes.
/// </remarks>
internal sealed class MachineHold
{
    private const string HeldByOther = "HeldByOther";
    private const int MaxBytes = 8 * 1024;
    private const int MaxEarlier = 8;

    private static readonly TimeSpan WaitGrace = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Queue<ulong> _earlier = [];
    private readonly DirectoryHandle _directory;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private TaskCompletionSource _next = NewSignal();
    private MasterHold? _holder;
    private ulong? _instance;
    private ulong _number = NewNumber();
    private long _heard;
    private TimeSpan _lifetime = Directions.DefaultLifetime;

    /// <summary>Reads who held the machine when the sub ended.</summary>
    public MachineHold(DirectoryHandle directory, TimeProvider time, ILogger log)
    {
        (_directory, _time, _log) = (directory, time, log);
        _heard = time.GetTimestamp();
        try
        {
            _holder = directory.ReadFileIfExists(FileName, MaxBytes) is { } bytes ? MessagePackSerializer.Deserialize<MasterHold>(bytes) : null;
        }
        catch (MessagePackException e)
        {
            // Nothing depends on it but who comes first now.
            log.HolderNotKept(e.Message);
        }
    }

    private static ReadOnlySpan<byte> FileName => "holder"u8;

    /// <summary>Who holds the machine; null when nobody does.</summary>
    public MasterHold? Holder
    {
        get
        {
            lock (_lock)
            {
                return Describe();
            }
        }
    }

    /// <summary>Takes, keeps or refuses the hold for a poll.</summary>
    public HoldAnswer Ask(PollRequest request, string user)
    {
        lock (_lock)
        {
            var current = Describe();
            var isOwn = _holder is { } holder && holder.Master == request.Master && holder.User == user;
            if (current is not null && !request.TakeOver && (!isOwn || _earlier.Contains(request.Instance)))
            {
                return new HoldAnswer(0, current, "");
            }

            var lifetime = Directions.Bound(request.Lifetime);
            (_heard, _lifetime) = (_time.GetTimestamp(), request.Wait + WaitGrace > lifetime ? request.Wait + WaitGrace : lifetime);
            if (isOwn && _instance == request.Instance)
            {
                return new HoldAnswer(_number, null, "");
            }

            if (_earlier.Contains(request.Instance))
            {
                _earlier.Clear();
            }

            if (isOwn && _instance is { } before)
            {
                Remember(before);
            }
            else if (!isOwn)
            {
                _earlier.Clear();
                Keep(new MasterHold { Master = request.Master, User = user, Since = _time.GetUtcNow() });
            }

            _instance = request.Instance;
            Renumber();
            return new HoldAnswer(_number, null, Change(request, user, current, isOwn));
        }
    }

    /// <summary>Lets go, when it is the holder that says so; true when it was.</summary>
    public bool Release(PollRequest request, string user)
    {
        lock (_lock)
        {
            if (_holder is not { } holder || holder.Master != request.Master || holder.User != user || (_instance is { } instance && instance != request.Instance))
            {
                return false;
            }

            Keep(null);
            (_instance, _heard) = (null, _time.GetTimestamp());
            _earlier.Clear();
            Renumber();
            return true;
        }
    }

    /// <summary>Refuses a direction that was not given under the hold of this number.</summary>
    public void Require(ulong number)
    {
        lock (_lock)
        {
            if (number == _number)
            {
                return;
            }

            throw Describe() is { } holder
                ? new RpcException(RpcStatus.Conflict, Explain(holder), HeldByOther)
                : new RpcException(RpcStatus.Conflict, "directions are taken only from the master that holds this machine, and none does: poll first, and name the hold of the answer", "NotHeld");
        }
    }

    /// <summary>Completes when the hold is another one than that of this number.</summary>
    public Task WhenNot(ulong number)
    {
        lock (_lock)
        {
            return number == _number ? _next.Task : Task.CompletedTask;
        }
    }

    private static string Explain(MasterHold holder) =>
        $"the machine is held by the master '{holder.Master}' (certificate of {holder.User}) since {holder.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, which polled {holder.LastPoll.TotalSeconds:0} s ago; "
        + $"another one may have it {holder.Remaining.TotalSeconds:0} s from now if that one does not poll, or at once by dom ctl take-over";

    private static string Change(PollRequest request, string user, MasterHold? before, bool isOwn) =>
        request.TakeOver ? $"the master '{request.Master}' (certificate of {user}) took the machine over{(before is null ? "" : $" from '{before.Master}'")}: {request.Reason}"
        : isOwn ? ""
        : $"the master '{request.Master}' (certificate of {user}) holds the machine now";

    private MasterHold? Describe()
    {
        var silent = _time.GetElapsedTime(_heard);
        return _holder is { } holder && silent < _lifetime ? holder with { LastPoll = silent, Remaining = _lifetime - silent } : null;
    }

    private void Remember(ulong instance)
    {
        _earlier.Enqueue(instance);
        if (_earlier.Count > MaxEarlier)
        {
            _earlier.Dequeue();
        }
    }

    /// <summary>A disk that takes nothing must not leave the machine without a master.</summary>
    private void Keep(MasterHold? holder)
    {
        _holder = holder;
        try
        {
            if (holder is null)
            {
                _directory.UnlinkIfExists(FileName);
                return;
            }

            var buffer = new ArrayBufferWriter<byte>();
            MessagePackSerializer.Serialize(buffer, holder);
            _directory.ReplaceFile(FileName, buffer.WrittenSpan);
        }
        catch (IOException e)
        {
            _log.HolderNotKept(e.Message);
        }
    }

    private void Renumber()
    {
        _number = NewNumber();
        var changed = _next;
        _next = NewSignal();
        changed.SetResult();
    }

    /// <summary>53 bits, so that JSON's numbers hold it, and never 0.</summary>
    private static ulong NewNumber() => (BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11) | 1;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
