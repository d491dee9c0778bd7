using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.Dominator;

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
                var pages = run.ConnectToMaster().StreamAsync(DominatorMethods.GetSubPlan, request, cancellationToken);
                return await PlanOutput.ShowAsync(run, request.Hostname, pages, $"`dom ctl show-sub {request.Hostname}` says what the machine is doing", cancellationToken);
            });
    }
}
