using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>What a command would do, for <c>--dry-run</c>: collected, then printed for people or programs.</summary>
internal sealed class DryRunReport(CommandRun run)
{
    private const int Listed = 30;

    private readonly List<DryRunChange> _changes = [];
    private readonly List<DryRunFailure> _failures = [];

    /// <summary>How many things would change.</summary>
    public int Changes => _changes.Count;

    /// <summary>How many things that were asked for would not be done.</summary>
    public int Failures => _failures.Count;

    /// <summary>Adds something that would change.</summary>
    public void Add(string target, string now, string then) => _changes.Add(new DryRunChange(target, now, then));

    /// <summary>Adds something that would not be done.</summary>
    public void Fail(string target, string message) => _failures.Add(new DryRunFailure(target, message));

    /// <summary>Adds the machines of a query that would change.</summary>
    /// <param name="master">The master.</param>
    /// <param name="query">Which machines to ask for; names that it lacks are failures.</param>
    /// <param name="then">What would become of a machine; null leaves it out.</param>
    /// <param name="fault">Why a machine cannot be changed so; null or no answer when it can.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AddMachinesAsync(
        RpcChannel master, SubQuery query, Func<SubInfo, string?> then, Func<SubInfo, string?>? fault, CancellationToken cancellationToken)
    {
        var missing = query.Hostnames.ToHashSet(StringComparer.Ordinal);
        await foreach (var page in master.StreamAsync(DominatorMethods.GetInfoForSubs, query, cancellationToken))
        {
            foreach (var sub in page.Subs)
            {
                missing.Remove(sub.Hostname);
                if (fault?.Invoke(sub) is { } why)
                {
                    Fail(sub.Hostname, why);
                }
                else if (then(sub) is { } what)
                {
                    Add(sub.Hostname, Describe(sub), what);
                }
            }
        }

        foreach (var host in query.Hostnames.Where(missing.Remove))
        {
            Fail(host, $"the machine list has no machine '{host}'");
        }
    }

    /// <summary>Prints it.</summary>
    /// <param name="summary">What would be done in one sentence; begins with "would".</param>
    /// <returns>What the command itself would return for this: 0, or 3 when some things would not be done, or 8 when all would not.</returns>
    public int Print(string summary)
    {
        var output = run.Output;
        output.Line(summary);
        foreach (var change in _changes.Take(Listed))
        {
            output.Line($"  {change.Target}: {(change.Now.Length > 0 ? $"{change.Now} -> " : "")}{change.Then}");
        }

        if (_changes.Count > Listed)
        {
            output.Line($"  and {Amounts.Count(_changes.Count - Listed)} more; --json lists them all");
        }

        foreach (var failure in _failures)
        {
            output.Note($"{failure.Target}: {failure.Message}");
        }

        output.Line("nothing was changed");
        output.Document(new DryRunDocument(DryRun: true, summary, _changes, _failures), OutputJson.Default.DryRunDocument);
        return _failures.Count == 0 ? ExitCode.Done : _changes.Count > 0 ? ExitCode.Partial : ExitCode.NotFound;
    }

    private static string Describe(SubInfo sub)
    {
        var image = sub.State is { AppliedManifest.IsNone: false } state ? state.AppliedImage : "";
        return image.Length > 0 ? $"{sub.Status}, {image}" : sub.Status;
    }
}
