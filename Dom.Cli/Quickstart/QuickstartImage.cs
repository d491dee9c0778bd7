using System.Globalization;
using System.Text.Json;
using Dom.Cli.Output;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Machines;
using Dom.Core.Rpc;

namespace Dom.Cli.Quickstart;

/// <summary>Pushes the image of a quickstart and writes the machine list that requires it.</summary>
internal sealed class QuickstartImage(RpcChannel imageServer, QuickstartDirectory directory, ConsoleOutput output, TimeProvider time)
{
    /// <summary>The host name of the machine.</summary>
    public const string Machine = "quickstart";

    private const string ImageDirectory = "quickstart";

    /// <summary>Pushes the directory: under the newest name when nothing has changed since, else under the next.</summary>
    public async Task<PushResult> PushAsync(QuickstartRequest request, CancellationToken cancellationToken)
    {
        var newest = await NewestAsync(cancellationToken);
        if (newest > 0 && await TryPushAsync(request, newest, cancellationToken) is { } same)
        {
            return same;
        }

        return await TryPushAsync(request, newest + 1, cancellationToken)
            ?? throw new CommandException(ExitCode.Failed, "NameInUse", $"the image {ImageDirectory}/{newest + 1} exists already", "delete the directory and begin again");
    }

    /// <summary>Requires an image of the machine. The list appears whole or not at all.</summary>
    public void Require(string image)
    {
        var machine = new Machine
        {
            Hostname = Machine,
            IpAddress = "127.0.0.1",
            RequiredImage = image,

            // The root is the quickstart's own, and the next image may be of a much smaller directory.
            Tags = new Dictionary<string, string> { [MachineTags.DisableSafetyCheck] = "" },
        };
        var unfinished = directory.MachineList + ".new";
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<Machine>>([machine], MachineJson.Default.IReadOnlyListMachine));
        File.Move(unfinished, directory.MachineList, overwrite: true);
    }

    private async Task<int> NewestAsync(CancellationToken cancellationToken)
    {
        var newest = 0;
        await foreach (var page in imageServer.StreamAsync(ImageServerMethods.ListImages, new ListImagesRequest { Directory = ImageDirectory }, cancellationToken))
        {
            foreach (var image in page.Images)
            {
                if (int.TryParse(image.Name.AsSpan(image.Name.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    newest = Math.Max(newest, number);
                }
            }
        }

        return newest;
    }

    private async Task<PushResult?> TryPushAsync(QuickstartRequest request, int number, CancellationToken cancellationToken)
    {
        var push = new PushRequest
        {
            Name = ImageName.Parse(string.Create(CultureInfo.InvariantCulture, $"{ImageDirectory}/{number}")),
            Source = new DirectorySource(request.From),
            Filter = QuickstartFilter.For(request.From, directory.Path),
            Owner = request.Owner,
            Notes = $"made by dom quickstart from {request.From}",
        };
        using var progress = output.Progress("pushing");
        try
        {
            return await new ImagePusher(imageServer, time).PushAsync(push, new UploadProgress(progress), cancellationToken);
        }
        catch (RpcException e) when (e.Code == ImageErrorCode.NameInUse)
        {
            return null;
        }
    }

    /// <summary>Reports on the thread that sends; the framework's own progress class would report later, over other lines.</summary>
    private sealed class UploadProgress(ProgressLine line) : IProgress<PushProgress>
    {
        public void Report(PushProgress value)
        {
            if (value.Phase == PushPhase.Upload)
            {
                line.Bytes(value.Done, value.Total);
            }
        }
    }
}
