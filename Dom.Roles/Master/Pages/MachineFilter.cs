using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Machines;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>Which machines a request for the list chooses. All that is given must hold.</summary>
internal sealed class MachineFilter
{
    /// <summary>The value of <c>silent</c> for machines that never answered this master.</summary>
    public const string Never = "never";

    private readonly MasterService _master;
    private readonly PageRequest _request;
    private readonly MachineQuery _query;
    private readonly TimeSpan? _answered;
    private readonly TimeSpan? _silent;

    private MachineFilter(MasterService master, PageRequest request)
    {
        _master = master;
        _request = request;
        Group = MachineGroups.Parse(request.Value("group"));
        _query = MachineQuery.Of(new SubQuery
        {
            Statuses = request.Value("status") is { Length: > 0 } status ? [status] : [],
            Locations = request.Value("location") is { Length: > 0 } location ? [location] : [],
            Tags = ReadTags(request.Value("tag") ?? ""),
        });
        _answered = ReadDuration("answered");
        _silent = request.Value("silent") == Never ? null : ReadDuration("silent");
    }

    /// <summary>The values of the query that choose, and what they are called.</summary>
    public static IReadOnlyList<(string Name, string Label)> Fields { get; } =
    [
        ("group", "group"), ("status", "status"), ("name", "name contains"), ("location", "location"), ("tag", "tag"), ("required", "required image"),
        ("planned", "planned image"), ("applied", "applied image"), ("answered", "answered within"), ("silent", "silent for at least"),
    ];

    /// <summary>The group.</summary>
    public MachineGroup Group { get; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="RpcException">A value means nothing; the message says which and what there is.</exception>
    public static MachineFilter Of(MasterService master, PageRequest request) => new(master, request);

    /// <summary>The machines chosen, in host name order.</summary>
    public List<ManagedMachine> Choose()
    {
        var now = _master.Clock.GetUtcNow();
        var part = _request.Value("name") ?? "";
        var neverAnswered = _request.Value("silent") == Never;
        return [.. _query.Choose(_master.Fleet).Where(m =>
            Group.Has(_master, m)
            && m.Hostname.Contains(part, StringComparison.OrdinalIgnoreCase)
            && IsImage("required", m.Entry.RequiredImage)
            && IsImage("planned", m.Entry.PlannedImage)
            && IsImage("applied", m.Answer?.AppliedImage ?? "")
            && (_answered is not { } within || now - m.LastAnswer <= within)
            && (_silent is not { } atLeast || m.LastAnswer is not { } last || now - last >= atLeast)
            && (!neverAnswered || m.LastAnswer is null))];
    }

    private bool IsImage(string field, string image) => _request.Value(field) is not { Length: > 0 } wanted || wanted == image;

    private TimeSpan? ReadDuration(string field)
    {
        if (_request.Value(field) is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"{field}={text} is not a length of time such as 10m, 2h or 7d");
        }
    }

    /// <summary>Tags as <c>NAME=VALUE</c>, several with commas between them.</summary>
    private static Dictionary<string, string> ReadTags(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new RpcException(RpcStatus.InvalidArgument, $"tag '{pair}' is not NAME=VALUE");
            }

            tags[pair[..equals]] = pair[(equals + 1)..];
        }

        return tags;
    }
}
