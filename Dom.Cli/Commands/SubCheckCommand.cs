using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub check</c>: whether a machine is as its image says. Changes nothing.</summary>
internal static class SubCheckCommand
{
    private const string Mtree = "mtree";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var applied = new Option<bool>("--applied") { Description = "Compares with the image applied last, also when another one is required by now." };
        var format = SubListCommand.FormatOption($"text, or {Mtree}: what the image says of each path that deviates, as mtree(5), and what was found as comments.");
        return new Verb("check", $"Lists how a machine deviates from its required image, or from the applied one when none is required; changes nothing. Returns {ExitCode.Drift} when it does.")
            {
                host, applied, format,
            }
            .Prints(SubJson.Default.SubCheckDocument)
            .WithExample("dom sub check web7.example.com", "what differs, as the sub saw it last")
            .WithExample("dom sub check web7.example.com --applied --format mtree > spec", "the deviations as a specification for mtree or bsdtar")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var machine = run.Value(host);
                    var sub = SubCommand.Connect(run, machine);
                    int? code;
                    do
                    {
                        code = await CheckAsync(run, machine, sub, run.Value(applied), run.Value(format) == Mtree, cancellationToken);
                    }
                    while (code is null);
                    return code.Value;
                },
                Limit);
    }

    /// <returns>What to return; null when the sub compares anew, so that nothing can be said yet.</returns>
    private static async Task<int?> CheckAsync(CommandRun run, string machine, RpcChannel sub, bool applied, bool mtree, CancellationToken cancellationToken)
    {
        var state = await SettledAsync(sub, applied, cancellationToken);
        var (image, against) = Reference(machine, state, applied);
        PlanSummary? summary = null;
        var steps = new List<PlanLine>();
        var exceptions = new List<PlanException>();
        await foreach (var page in sub.StreamAsync(SubdMethods.GetPlan, new GetPlanRequest { Manifest = image.Manifest }, cancellationToken).WithinSummaryAsync(machine, cancellationToken))
        {
            summary ??= page.Summary;
            steps.AddRange(page.Steps);
            exceptions.AddRange(page.Exceptions);
        }

        if (summary is null)
        {
            throw new CommandException(ExitCode.Failed, "NoPlan", $"{machine} gave no plan", $"`dom sub poll {machine}` says what the machine is doing");
        }

        if (summary.IsCompliant && against == "required" && (await SubCommand.GetStateAsync(sub, cancellationToken)).Reported.RequiredReadiness == ImageReadiness.Comparing)
        {
            return null;
        }

        run.Output.Document(
            new SubCheckDocument(machine, image.Name, against, summary.IsCompliant, summary, [.. steps.Select(SubDeviation.Of)], exceptions), SubJson.Default.SubCheckDocument);
        var lines = mtree ? MtreeLines(machine, image, steps, exceptions) : TextLines(steps, exceptions);
        foreach (var line in lines)
        {
            run.Output.Line(line);
        }

        run.Output.Note(summary.IsCompliant
            ? $"{machine} is as the {against} image {image.Name} says"
            : $"{machine} deviates from the {against} image {image.Name} in {Amounts.Count(steps.Count, "path", "paths")}; "
                + $"{summary.Blocked} blocked, {summary.Unknown} unreadable, {summary.Contested} contested, {summary.MissingComputed} without computed content");
        return summary.IsCompliant ? ExitCode.Done : ExitCode.Drift;
    }

    /// <summary>While the sub compares anew it cannot say yes or no.</summary>
    private static async Task<SubState> SettledAsync(RpcChannel sub, bool applied, CancellationToken cancellationToken)
    {
        var state = await SubCommand.GetStateAsync(sub, cancellationToken);
        while (state.Reported.Phase == SubPhase.Scanning || (!applied && state.Reported.RequiredReadiness == ImageReadiness.Comparing))
        {
            state = await SubCommand.GetNextStateAsync(sub, state, cancellationToken);
        }

        return state;
    }

    private static (ImageReference Image, string Against) Reference(string machine, SubState state, bool applied)
    {
        if (!applied && state.Required is { } required)
        {
            return (required, "required");
        }

        return state.Reported.AppliedManifest.IsNone
            ? throw new CommandException(
                ExitCode.NotFound, "NoImage", $"no image {(applied ? "was applied" : "is required or was applied")} on {machine}", $"`dom sub poll {machine}` shows which images it knows of")
            : (new ImageReference { Name = state.Reported.AppliedImage, Manifest = state.Reported.AppliedManifest }, "applied");
    }

    private static IEnumerable<string> TextLines(IEnumerable<PlanLine> steps, IEnumerable<PlanException> exceptions) => steps
        .Select(static step => $"{SubDeviation.KindOf(step).ToString().ToLowerInvariant(),-8} {step.Path}{(step.Kind == PlanStepKind.Link ? $" is to be a link of {step.LinkTarget}" : PlanOutput.Changes(step))}")
        .Concat(exceptions.Select(PlanOutput.Describe));

    private static IEnumerable<string> MtreeLines(string machine, ImageReference image, IEnumerable<PlanLine> steps, IEnumerable<PlanException> exceptions)
    {
        yield return MtreeText.Header;
        yield return MtreeText.Comment($"what the image {image.Name} ({image.Manifest}) says of the paths of {machine} that deviate");
        foreach (var step in steps)
        {
            var kind = SubDeviation.KindOf(step).ToString().ToLowerInvariant();
            yield return step.Old is { } old ? MtreeText.Comment($"{kind}: found {MtreeText.Line(step.Path, old.ToInode())}") : MtreeText.Comment($"{kind}: {MtreeText.Encode(step.Path)}");
            if (step.New is { } now)
            {
                yield return MtreeText.Line(step.Path, now.ToInode());
            }
            else if (step.Kind == PlanStepKind.Link)
            {
                yield return MtreeText.Comment($"{MtreeText.Encode(step.Path)} is to be a link of {MtreeText.Encode(step.LinkTarget)}");
            }
        }

        foreach (var exception in exceptions)
        {
            yield return MtreeText.Comment($"{exception.Kind.ToString().ToLowerInvariant()}: {MtreeText.Encode(exception.Path)} {exception.Reason}");
        }
    }
}
