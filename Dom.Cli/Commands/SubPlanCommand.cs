using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub plan</c>: the steps an update would take, asked of the machine itself. Changes nothing.</summary>
internal static class SubPlanCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var image = new Argument<string?>("image")
        {
            Description = "Image to compare with instead of the required one; the machine must have its tree, which `dom ctl diff` makes it read.",
            HelpName = "IMAGE",
            Arity = ArgumentArity.ZeroOrOne,
        }.CompletesWith(NameKind.Image);
        return new Verb("plan", $"Lists the steps of the plan that a machine has made; changes nothing. Returns {ExitCode.Drift} when there are any.") { host, image }
            .Prints(CtlJson.Default.CtlDiffDocument)
            .WithExample("dom sub plan web7.example.com", "what an update to the required image would do")
            .WithExample("dom sub plan web7.example.com web/102", "and to another one")
            .Runs(async (run, cancellationToken) =>
            {
                var request = new GetPlanRequest();
                if (run.OptionalValue(image) is { } name)
                {
                    var named = new ImageNameRequest { Name = ImageCommand.ParseName(name).ToString() };
                    request = request with { Manifest = (await run.ConnectToImageServer().CallAsync(ImageServerMethods.GetImage, named, cancellationToken)).Info.Manifest };
                }

                var machine = run.Value(host);
                var pages = SubCommand.Connect(run, machine).StreamAsync(SubdMethods.GetPlan, request, cancellationToken);
                return await PlanOutput.ShowAsync(run, machine, pages, $"`dom sub poll {machine}` says what the machine is doing", cancellationToken);
            });
    }
}
