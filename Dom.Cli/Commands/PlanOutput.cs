using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary>Prints a plan page by page, whoever hands it over.</summary>
internal static class PlanOutput
{
    /// <summary>Prints a plan.</summary>
    /// <param name="run">The run.</param>
    /// <param name="host">The machine whose plan it is.</param>
    /// <param name="pages">The plan.</param>
    /// <param name="hint">What to do when there is none.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>0 for an empty plan, else 4.</returns>
    public static async Task<int> ShowAsync(CommandRun run, string host, IAsyncEnumerable<PlanPage> pages, string hint, CancellationToken cancellationToken)
    {
        PlanSummary? summary = null;
        var steps = new List<PlanLine>();
        var exceptions = new List<PlanException>();
        await foreach (var page in pages.WithinSummaryAsync(host, cancellationToken))
        {
            summary ??= page.Summary;
            exceptions.AddRange(page.Exceptions);
            if (run.Output.IsJson)
            {
                steps.AddRange(page.Steps);
            }

            foreach (var step in page.Steps)
            {
                run.Output.Line(Describe(step));
            }
        }

        foreach (var exception in exceptions)
        {
            run.Output.Line(Describe(exception));
        }

        if (summary is null)
        {
            throw new CommandException(ExitCode.Failed, "NoPlan", $"{host} gave no plan", hint);
        }

        run.Output.Note(Describe(host, summary));
        run.Output.Document(new CtlDiffDocument(host, summary, steps, exceptions), CtlJson.Default.CtlDiffDocument);
        return summary.IsCompliant ? ExitCode.Done : ExitCode.Drift;
    }

    /// <summary>A path that is not compared, or cannot be made right, in one line.</summary>
    public static string Describe(PlanException exception) => $"{exception.Kind.ToString().ToLowerInvariant(),-8} {exception.Path}  {exception.Reason}";

    /// <summary>A plan in one line.</summary>
    public static string Describe(string host, PlanSummary plan) => plan.IsCompliant
        ? $"{host} is as the image says"
        : $"{host}: {Amounts.Count(plan.Steps, "step", "steps")}: {plan.Creations} created, {plan.Changes} changed, {plan.Deletions} deleted; "
            + $"{Amounts.Bytes(plan.BytesToFetch)} to fetch; {plan.Blocked} blocked, {plan.Unknown} unreadable, {plan.Held} held"
            + (plan.Services.Count > 0 ? $"; restarts {string.Join(", ", plan.Services)}" : "");

    private static string Describe(PlanLine step)
    {
        var path = step.Path.ToString();
        return step.Kind switch
        {
            PlanStepKind.MakeDirectory => $"{"create",-8} {path}/{Of(step.New)}",
            PlanStepKind.Create => $"{"create",-8} {path}{Of(step.New)}",
            PlanStepKind.Replace => $"{"change",-8} {path}{Changes(step)}",
            PlanStepKind.ChangeMetadata => $"{"change",-8} {path}{Changes(step)}",
            PlanStepKind.Link => $"{"link",-8} {path} to {step.LinkTarget}",
            PlanStepKind.Delete => $"{"delete",-8} {path}{Of(step.Old)}",
            PlanStepKind.RemoveDirectory => $"{"delete",-8} {path}/",
            PlanStepKind.RemoveTree => $"{"delete",-8} {path}/ and everything in it",
            _ => $"{step.Kind,-8} {path}",
        };
    }

    private static string Of(InodeFacts? inode) => inode switch
    {
        null => "",
        { Kind: InodeKind.Regular } => $"  {Amounts.Bytes((long)inode.Size)}",
        { Kind: InodeKind.Symlink } => $" -> {inode.Target}",
        { Kind: InodeKind.Directory } => "",
        _ => $"  {inode.Kind}",
    };

    /// <summary>What is different between what stands there and what will.</summary>
    public static string Changes(PlanLine step)
    {
        if (step is not { Old: { } old, New: { } now })
        {
            return Of(step.New);
        }

        var parts = new List<string>();
        Add(old.Kind != now.Kind, $"{old.Kind} becomes {now.Kind}");
        Add(old.Kind == now.Kind && old.Content != now.Content, $"content, {Amounts.Bytes((long)old.Size)} becomes {Amounts.Bytes((long)now.Size)}");
        Add(old.Mode != now.Mode, $"mode {Octal(old.Mode)} becomes {Octal(now.Mode)}");
        Add(old.Uid != now.Uid || old.Gid != now.Gid, $"owner {old.Uid}:{old.Gid} becomes {now.Uid}:{now.Gid}");
        Add(old.Kind == InodeKind.Symlink && now.Kind == InodeKind.Symlink && old.Target != now.Target, $"target {old.Target} becomes {now.Target}");
        Add(old.Device != now.Device, "device number");
        Add(!(old.Xattrs ?? []).AsSpan().SequenceEqual(now.Xattrs ?? []), "extended attributes");
        Add(parts.Count == 0 && (old.MtimeSeconds != now.MtimeSeconds || old.MtimeNanoseconds != now.MtimeNanoseconds), "modification time");
        return parts.Count == 0 ? "" : $"  {string.Join("; ", parts)}";

        void Add(bool applies, string text)
        {
            if (applies)
            {
                parts.Add(text);
            }
        }
    }

    private static string Octal(uint mode) => Convert.ToString(mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);
}
