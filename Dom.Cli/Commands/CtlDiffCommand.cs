using System.CommandLine;
using System.Globalization;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl diff</c>: what an update of a machine would do. Changes nothing.</summary>
internal static class CtlDiffCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = CtlCommand.HostArgument();
        var image = new Argument<string?>("image")
        {
            Description = "Image to compare with instead of the required one; if the machine lacks its tree, that is read first, which changes nothing.",
            HelpName = "IMAGE",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.Image);
        return new Verb("diff", "Lists what an update of a machine would do; changes nothing. Returns 4 when there is a difference.") { host, image }
            .Prints(CtlJson.Default.CtlDiffDocument)
            .WithExample("dom ctl diff web7.example.com", "how the machine differs from its required image")
            .WithExample("dom ctl diff web7.example.com web/102", "what bringing it to another image would do")
            .Runs(async (run, cancellationToken) =>
            {
                var request = new SubPlanRequest { Hostname = run.Value(host), Image = run.OptionalValue(image) ?? "" };
                return await ShowAsync(run, request, cancellationToken);
            });
    }

    private static async Task<int> ShowAsync(CommandRun run, SubPlanRequest request, CancellationToken cancellationToken)
    {
        PlanSummary? summary = null;
        var steps = new List<PlanLine>();
        var exceptions = new List<PlanException>();
        var pages = run.ConnectToMaster().StreamAsync(DominatorMethods.GetSubPlan, request, cancellationToken);
        await foreach (var page in pages.WithinSummaryAsync(request.Hostname, cancellationToken))
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
            run.Output.Line($"{exception.Kind.ToString().ToLowerInvariant(),-8} {exception.Path}  {exception.Reason}");
        }

        if (summary is null)
        {
            throw new CommandException(ExitCode.Failed, "NoPlan", $"{request.Hostname} gave no plan", "`dom ctl show-sub` says what the machine is doing");
        }

        run.Output.Note(Describe(request.Hostname, summary));
        run.Output.Document(new CtlDiffDocument(request.Hostname, summary, steps, exceptions), CtlJson.Default.CtlDiffDocument);
        return summary.IsCompliant ? ExitCode.Done : ExitCode.Drift;
    }

    private static string Describe(string host, PlanSummary plan) => plan.IsCompliant
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
    private static string Changes(PlanLine step)
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
