using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image wait</c>: until an image exists.</summary>
internal static class ImageWaitCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        return new Verb("wait", $"Waits until an image exists; returns {ExitCode.Unreachable} when it does not within --timeout (1h unless given).") { name }
            .Prints(ImageJson.Default.ImageWaitDocument)
            .WithExample("dom image wait web/102 --timeout 10min && dom ctl status", "in a script, after a build was started")
            .Runs((run, cancellationToken) => WaitAsync(run, ImageCommand.ParseName(run.Value(name)), cancellationToken), Limit);
    }

    private static async Task<int> WaitAsync(CommandRun run, ImageName name, CancellationToken cancellationToken)
    {
        var started = run.Time.GetTimestamp();
        var server = run.ConnectToImageServer();
        var lastFault = "";
        while (true)
        {
            try
            {
                var image = (await server.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name.ToString() }, cancellationToken)).Info;
                var seconds = Math.Round(run.Time.GetElapsedTime(started).TotalSeconds, 3);
                run.Output.Document(new ImageWaitDocument(ImageEntry.Of(image), seconds), ImageJson.Default.ImageWaitDocument);
                run.Output.Line($"{image.Name} was added {Amounts.Moment(image.CreatedOn)} by {image.CreatedBy}");
                return ExitCode.Done;
            }
            catch (RpcException e) when (e.Code == ImageErrorCode.NoSuchImage || e.Retryable)
            {
                // A server that restarts is waited for, too; it is named once.
                if (e.Code != ImageErrorCode.NoSuchImage && e.Message != lastFault)
                {
                    run.Output.Note(lastFault = e.Message);
                }
            }

            await Task.Delay(Interval, run.Time, cancellationToken);
        }
    }
}
