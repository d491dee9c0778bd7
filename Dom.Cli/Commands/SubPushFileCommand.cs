using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;

namespace Dom.Cli.Commands;

/// <summary><c>dom sub push-file</c>: puts one file onto a machine, past any image.</summary>
internal static class SubPushFileCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var host = SubCommand.HostArgument();
        var file = new Argument<string>("file") { Description = "The file here.", HelpName = "FILE" };
        var path = new Argument<string>("path") { Description = "The absolute path on the machine; its directory must be there.", HelpName = "PATH" };
        var mode = new Option<string>("--mode") { Description = "Permission bits, such as 0644; else those of the file that is replaced.", HelpName = "OCTAL" };
        var owner = new Option<string>("--owner") { Description = "Numbers of owner and group; else those of the file that is replaced.", HelpName = "UID:GID" };
        var reason = CtlControls.ReasonOption();
        return new Verb("push-file", "Puts one file onto a machine, past any image: a deviation, which the next update corrects. Needs Subd.PushFile named in the certificate.")
            {
                host, file, path, mode, owner, reason,
            }
            .Prints(SubJson.Default.SubPushDocument)
            .WithExample("dom ctl pause web7.example.com --for 1h --reason 'trying a fix'", "first, or the master corrects it at once")
            .WithExample("dom sub push-file web7.example.com ./nginx.conf /etc/nginx/nginx.conf --reason 'trying a fix'", "with owner and mode of the file that stands there")
            .Runs(
                async (run, cancellationToken) =>
                {
                    var (uid, gid) = run.Value(owner) is { } text ? ReadOwner(text) : default;
                    var head = new PushFileChunk
                    {
                        Path = ImageFiles.ParsePath(run.Value(path)),
                        Mode = run.Value(mode) is { } bits ? ReadMode(bits) : null,
                        Uid = uid,
                        Gid = gid,
                        Reason = CtlControls.RequireReason(run, reason),
                    };
                    return await PushAsync(run, run.Value(host), run.Value(file), head, cancellationToken);
                },
                Limit);
    }

    private static async Task<int> PushAsync(CommandRun run, string host, string file, PushFileChunk head, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(file);
        if (content.Length > PushFileChunk.MaxFileBytes)
        {
            throw new CommandException(ExitCode.Usage, "TooLarge", $"'{file}' has more than {PushFileChunk.MaxFileBytes >> 20} MiB", "larger files belong into an image");
        }

        head = head with { Size = content.Length, Content = content.Length == 0 ? default : new ObjectId(await SHA256.HashDataAsync(content, cancellationToken)) };
        content.Position = 0;
        var result = await SubCommand.Connect(run, host).UploadAsync(SubdMethods.PushFile, ChunksAsync(head, content, cancellationToken), cancellationToken);
        run.Output.Line($"{(result.Replaced ? "replaced" : "made")} {head.Path} on {host}; it is a deviation until an image has it");
        run.Output.Document(new SubPushDocument(host, head.Path, head.Content, head.Size, result.Replaced), SubJson.Default.SubPushDocument);
        return ExitCode.Done;
    }

    private static async IAsyncEnumerable<PushFileChunk> ChunksAsync(PushFileChunk head, FileStream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return head;
        var buffer = new byte[PushFileChunk.MaxBytes];
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            yield return new PushFileChunk { Data = buffer.AsMemory(0, count) };
        }
    }

    private static uint ReadMode(string text)
    {
        var mode = 0u;
        foreach (var digit in text)
        {
            mode = digit is >= '0' and <= '7' && mode < 0x1000 ? (mode << 3) | (uint)(digit - '0') : uint.MaxValue;
        }

        return text.Length > 0 && mode <= 0x1ff ? mode : throw new CommandException(ExitCode.Usage, "BadMode", $"--mode '{text}' is none of 0000 to 0777", "write 0644");
    }

    private static (uint? Uid, uint? Gid) ReadOwner(string text) =>
        text.Split(':') is [var uid, var gid] && uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out var u) && uint.TryParse(gid, NumberStyles.None, CultureInfo.InvariantCulture, out var g)
            ? (u, g)
            : throw new CommandException(ExitCode.Usage, "BadOwner", $"--owner '{text}' is not UID:GID", "write two numbers, such as 33:33");
}
