using System.CommandLine;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Commands;

/// <summary><c>dom ctl clear-halt</c>: lets an image roll on after failures.</summary>
internal static class CtlClearHaltCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var image = new Argument<string>("image") { Description = "The image that stopped rolling.", HelpName = "IMAGE" };
        var reason = CtlControls.ReasonOption();
        return new Verb("clear-halt", "Lets an image roll on that stopped after too many failures.") { image, reason }
            .WithExample("dom ctl clear-halt web/101 --reason 'the mirror was down'", "machines take turns again; earlier failures are forgotten")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var request = new ClearHaltRequest { Image = run.Value(image), Reason = CtlControls.RequireReason(run, reason) };
                    var status = await run.ConnectToMaster().CallAsync(DominatorMethods.ClearHalt, request, cancellationToken);
                    run.Output.Line($"{request.Image} may roll again");
                    run.Output.Document(status, CtlJson.Default.MasterStatus);
                    return ExitCode.Done;
                },
                CtlStatusCommand.Patience);
    }
}
