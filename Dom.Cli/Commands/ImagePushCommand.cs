using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Output;
using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom image push</c>: makes an image of a directory, an archive, another image or a machine.</summary>
internal static class ImagePushCommand
{
    private const int ListedLeftOut = 20;

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = ImageCommand.NameArgument();
        var source = new Argument<string>("source")
        {
            Description = "A directory, a tar archive (plain, gz, zst, xz, bz2), '-' for an archive from standard input, image:NAME, sub:HOST.",
            HelpName = "SOURCE",
        }.CompletesWith(NameKind.PushSource);
        var on = new Option<string?>("--on") { Description = "An image on top of which the source comes; its filter, triggers, health command and mode are kept unless others are given.", HelpName = "NAME" }.CompletesWith(NameKind.Image);
        var filter = new Option<string?>("--filter") { Description = "File with expressions, one a line: paths that are left out, and left alone on machines.", HelpName = "FILE" };
        var triggers = new Option<string?>("--triggers") { Description = "JSON file with the services that restart when paths change.", HelpName = "FILE" };
        var health = new Option<string?>("--health-command") { Description = "A shell command that fails on a machine that is not healthy with the image; the machine then goes back to the image before. '' for none.", HelpName = "COMMAND" };
        var sparse = new Option<bool>("--sparse") { Description = "The image adds and changes files, and deletes none." };
        var owner = new Option<string?>("--owner") { Description = "Owner of all files, as numbers or names; for machines whose sub is not root.", HelpName = "USER:GROUP" };
        var notes = new Option<string?>("--release-notes", "--note") { Description = "Notes for people: a file, or the text itself.", HelpName = "FILE|TEXT" };
        var log = new Option<string?>("--build-log") { Description = "File with the log of the build; `dom image build-log` prints it.", HelpName = "FILE" };
        var tags = new Option<string[]>("--tag") { Description = "A free word about the image; may be repeated.", HelpName = "KEY=VALUE" };
        var expires = new Option<string?>("--expires") { Description = "When the image may go: a time from now (30d, 12h) or a date (2027-01-31).", HelpName = "TIME" };
        var computed = new Option<string?>("--computed-files") { Description = "File that names files whose content is computed for each machine, and their generators: PATH HOST:PORT a line, or JSON.", HelpName = "FILE" };
        var required = new Option<string?>("--required-paths") { Description = "File with absolute paths, one a line, without which nothing is pushed; '/' at the end asks for a directory.", HelpName = "FILE" };
        var temporary = new Option<string?>("--temporary") { Description = "Directory for contents of an archive that is compressed or comes from standard input; else TMPDIR or /var/tmp.", HelpName = "DIR" };
        return new Verb("push", "Makes an image; only what the image server lacks is sent.")
        {
            name, source, on, filter, triggers, health, sparse, owner, notes, log, tags, expires, computed, required, temporary,
        }
            .Prints(ImageJson.Default.PushDocument)
            .WithExample("dom image push debian/bookworm/2026-11-20 /srv/roots/bookworm --filter filter --triggers triggers.json", "a root file system")
            .WithExample("dom image push motd/3 ./motd --sparse", "a few files on top of others")
            .WithExample("curl -s https://example.com/root.tar.zst | dom image push web/7 - --expires 30d", "an archive from elsewhere")
            .WithExample("dom image push web/8 fix.tar --on web/7 --release-notes 'the fix for #123'", "an archive on top of an image")
            .WithExample("dom image push web/8 /srv/roots/web --health-command 'curl -fsS --retry 5 --retry-connrefused http://localhost/healthz'", "machines on which the command fails go back")
            .WithExample("dom image push web/9 image:web/7 --filter new-filter", "the same files under another filter")
            .WithExample("dom image push gold/1 sub:web7.example.com --filter filter", "what a machine is now; needs the grants Subd.GetSnapshot and Subd.GetFiles")
            .Runs(async (run, cancellationToken) =>
            {
                var input = new ImagePushInput(run, run.Value(source), run.Value(temporary));
                var request = await input.OpenAsync(ImageCommand.ParseName(run.Value(name)), run.Value(on), cancellationToken);
                var givenFilter = run.Value(filter);
                var givenTriggers = run.Value(triggers);
                return await PushAsync(
                    run,
                    request with
                    {
                        Filter = givenFilter is null ? request.Filter : ImageFiles.ReadFilter(run, givenFilter),
                        Triggers = givenTriggers is null ? request.Triggers : ImageFiles.ReadTriggers(givenTriggers),
                        HealthCommand = run.Value(health) ?? request.HealthCommand,
                        Mode = run.Value(sparse) ? ImageMode.Sparse : request.Mode,
                        Owner = run.Value(owner) is { } given ? ImageOwnerText.Parse(given) : null,
                        Notes = run.Value(notes) is { } text ? ImageFiles.ReadNotes(text) : "",
                        BuildLog = run.Value(log) is { } written ? ImageFiles.ReadBuildLog(written) : default,
                        Tags = ImageFiles.ParseTags(run.Value(tags) ?? []),
                        ExpiresOn = run.Value(expires) is { } time ? ImageFiles.ParseExpiry(time, run.Time.GetUtcNow()) : null,
                        NewComputedPaths = run.Value(computed) is { } files ? ImageFiles.ReadComputedFiles(files) : [],
                        RequiredPaths = run.Value(required) is { } list ? ImageFiles.ReadPaths(list) : [],
                    },
                    cancellationToken);
            });
    }

    private static async Task<int> PushAsync(CommandRun run, PushRequest request, CancellationToken cancellationToken)
    {
        var started = run.Time.GetTimestamp();
        PushResult result;
        using (var line = new PushProgressLine(run.Output))
        {
            result = await new ImagePusher(run.ConnectToImageServer(), run.Time).PushAsync(request, line, cancellationToken);
        }

        var duration = run.Time.GetElapsedTime(started);
        run.Output.Document(PushDocument.Of(result, duration), ImageJson.Default.PushDocument);
        run.Output.Line(
            $"{result.Image.Name}: {Amounts.Count(result.Manifest.Inodes, "inode", "inodes")}, {Amounts.Bytes(result.Manifest.Bytes)} in files; sent "
            + $"{Amounts.Bytes(result.BytesSent)} in {Amounts.Count(result.ObjectsSent, "object", "objects")}, "
            + $"{Amounts.Bytes(result.BytesSaved)} were there already ({Amounts.Duration(duration)})");
        ReportLeftOut(run.Output, result.LeftOut);
        return result.LeftOut.Count == 0 ? ExitCode.Done : ExitCode.Partial;
    }

    private static void ReportLeftOut(ConsoleOutput output, IReadOnlyList<LeftOut> leftOut)
    {
        foreach (var (path, reason) in leftOut.Take(ListedLeftOut))
        {
            output.Note($"left out {path}: {reason}");
        }

        if (leftOut.Count > ListedLeftOut)
        {
            output.Note($"left out {Amounts.Count(leftOut.Count - ListedLeftOut)} more; --json lists them all");
        }
    }
}
