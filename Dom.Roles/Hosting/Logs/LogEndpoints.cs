using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Logger;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting.Logs;

/// <summary>The methods of <c>Logger</c>, which every role has.</summary>
internal sealed partial class LogEndpoints : IDisposable
{
    /// <summary>How often a follower hears of the role when nothing is logged.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Most followers of one log.</summary>
    public const int MaxWatchers = 64;

    private const int LinesPerMessage = 128;
    private const int CharactersPerMessage = 16 * 1024;
    private const int MaxCategory = 256;
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);

    private readonly RoleLogging _logging;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Seats _seats = new(MaxWatchers, "readers that follow this log", LoggerErrorCode.TooManyWatchers);

    /// <summary>Serves one role's log.</summary>
    public LogEndpoints(RoleLogging logging, TimeProvider time)
    {
        _logging = logging;
        _time = time;
        _logger = logging.CreateLogger(typeof(LogEndpoints).FullName ?? nameof(LogEndpoints));
        _logging.Levels.Expired += OnExpired;
    }

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.MapServerStream(LoggerMethods.GetLines, (query, _, _) => GetLines(query).ToAsyncEnumerable());
        router.MapServerStream(LoggerMethods.Watch, (query, call, cancellationToken) => WatchAsync(query, call.Caller, cancellationToken));
        router.Map(LoggerMethods.GetLevels, (_, _, _) => new(_logging.Levels.InForce()));
        router.Map(LoggerMethods.SetLevel, (request, call, _) => new(SetLevel(request, call)));
    }

    /// <inheritdoc/>
    public void Dispose() => _logging.Levels.Expired -= OnExpired;

    private IEnumerable<LogLines> GetLines(LogQuery query)
    {
        var filter = new LogFilter(query, _time.GetUtcNow());
        var kept = _logging.Ring.Read(After(query), out var last, out var lost);
        return Cut(filter.Newest(kept), last, lost);
    }

    /// <summary>Where to go on; a position in the log of an earlier run says nothing about this one.</summary>
    private long After(LogQuery query) => query.Epoch == _logging.Ring.Epoch ? Math.Max(0, query.After) : 0;

    /// <summary>Sends what is kept and then, whenever the reader has taken what was sent, what has come since.</summary>
    private async IAsyncEnumerable<LogLines> WatchAsync(LogQuery query, RpcCaller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var seat = _seats.Take(caller);
        var filter = new LogFilter(query, _time.GetUtcNow());
        var goesOn = query.Epoch == _logging.Ring.Epoch;
        var kept = _logging.Ring.Read(After(query), out var last, out var lost);

        // Who begins anew misses nothing by what is not kept any more.
        foreach (var part in Cut(filter.Newest(kept), last, goesOn ? lost : 0))
        {
            yield return part;
        }

        while (true)
        {
            await WaitAsync(last, cancellationToken);
            kept = _logging.Ring.Read(last, out last, out lost);
            foreach (var part in Cut([.. kept.Where(filter.Chooses)], last, lost))
            {
                yield return part;
            }
        }
    }

    /// <summary>Cuts lines into messages of a bounded size; at least one, so that the reader knows where it is.</summary>
    private IEnumerable<LogLines> Cut(IReadOnlyList<LogLine> lines, long last, long lost)
    {
        var sent = 0;
        do
        {
            var part = Part(lines, sent);
            sent += part.Count;
            yield return new LogLines
            {
                Epoch = _logging.Ring.Epoch,
                Next = sent < lines.Count ? part[^1].Number : last,
                Lost = sent == part.Count ? lost : 0,
                Lines = part,
            };
        }
        while (sent < lines.Count);
    }

    /// <summary>As many of the lines from a place on as one message holds: a reader that does not read costs no more than that.</summary>
    private static List<LogLine> Part(IReadOnlyList<LogLine> lines, int from)
    {
        var part = new List<LogLine>();
        for (var characters = 0; from + part.Count < lines.Count && part.Count < LinesPerMessage && characters < CharactersPerMessage;)
        {
            part.Add(lines[from + part.Count]);
            characters += part[^1].Message.Length;
        }

        return part;
    }

    private async Task WaitAsync(long last, CancellationToken cancellationToken)
    {
        using var heartbeat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(Heartbeat, _time, heartbeat.Token);
        await Task.WhenAny(_logging.Ring.AfterAsync(last), delay);
        await heartbeat.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private LogLevels SetLevel(SetLogLevelRequest request, RpcCall call)
    {
        var what = Named(request.Category);
        var until = request.Lifetime is { } time ? $"for {DurationText.Format(time)}" : "until it is taken back or the role restarts";
        call.SetAudit(request.Reset ? $"{what}: as at the start" : $"{what}: {request.Level} {until}", request.Reason);
        Check(request);
        if (request.Reset)
        {
            _logging.Levels.Reset(request.Category);
            LogLevelReset(call.Caller.User, what, request.Reason);
            return _logging.Levels.InForce();
        }

        var now = _time.GetUtcNow();
        var rule = new LogLevelRule { Category = request.Category, Level = request.Level, User = call.Caller.User, SetAt = now, Until = now + request.Lifetime };
        if (!_logging.Levels.TrySet(rule, request.Lifetime))
        {
            throw new RpcException(
                RpcStatus.ResourceExhausted, $"{LogLevelSwitch.MaxRules} categories have a level of their own already; take some back", LoggerErrorCode.TooManyLevels);
        }

        LogLevelSet(call.Caller.User, what, (LogLevel)request.Level, until, request.Reason);
        return _logging.Levels.InForce();
    }

    private static void Check(SetLogLevelRequest request)
    {
        if (!Enum.IsDefined(request.Level))
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"there is no level {request.Level}", LoggerErrorCode.BadLevel);
        }

        if (request.Category.Length > MaxCategory)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a category may have {MaxCategory} characters", LoggerErrorCode.BadCategory);
        }

        if (request.Reason.Length > RpcCall.MaxAuditText)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"a reason may have {RpcCall.MaxAuditText} characters", LoggerErrorCode.BadReason);
        }

        if (request.Lifetime is { } lifetime && (lifetime < ShortestLifetime || lifetime > LongestLifetime))
        {
            throw new RpcException(
                RpcStatus.InvalidArgument,
                $"a level may be set for {DurationText.Format(ShortestLifetime)} to {DurationText.Format(LongestLifetime)}, not for {lifetime}",
                LoggerErrorCode.BadLifetime);
        }
    }

    private void OnExpired(LogLevelRule rule)
    {
        var level = _logging.Levels.For(rule.Category);
        var category = Named(rule.Category);
        LogLevelExpired(rule.User, category, level);
    }

    private static string Named(string category) => category.Length > 0 ? category : "all";
}
