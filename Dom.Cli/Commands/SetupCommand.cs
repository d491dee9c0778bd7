using System.CommandLine;
using Dom.Cli.Setup;

namespace Dom.Cli.Commands;

/// <summary><c>dom setup</c>: fits the units of the package to this machine.</summary>
internal static class SetupCommand
{
    /// <summary>The user of each server's unit, and the directory of its certificate below <c>/etc/ssl</c>.</summary>
    private static readonly (string User, string Directory)[] Servers = [("dom-master", "dominator"), ("dom-imageserver", "imageserver"), ("dom-mdb-sync", "mdbd"), ("dom-lock-manager", "lock-manager")];

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var root = new Option<string>("--root")
        {
            Description = "The root directory in which files are looked for and written; systemd is told only when it is /.",
            HelpName = "DIRECTORY",
            DefaultValueFactory = _ => "/",
        };
        return new Verb("setup", "Fits the installed units to this machine: the drop-in for /etc/default/dominator, the owners of private keys.") { root }
            .Prints(SetupJson.Default.SetupDocument)
            .WithDryRun(ownDocument: true)
            .WithExample("dom setup", "after a change of /etc/default/dominator, or when certificates were put in place")
            .WithExample("dom setup --dry-run", "what that would do")
            .Runs(async (run, cancellationToken) =>
            {
                var directory = Path.GetFullPath(run.Value(root) ?? "/");
                var dry = run.IsDryRun;
                var steps = new List<SetupStep>();
                var defaults = DefaultsFile.Read(Path.Combine(directory, "etc/default/dominator"));
                if (defaults.UserName.Length > 0 && directory == "/")
                {
                    await ExpectUserAsync(defaults.UserName, cancellationToken);
                }

                var dropIn = SetDropIn(directory, MasterDropIn.Text(defaults, "/etc/default/dominator"), dry);
                steps.Add(dropIn);
                foreach (var (user, place) in Servers)
                {
                    var owner = place == "dominator" && defaults.UserName.Length > 0 ? defaults.UserName : user;
                    if (await OwnKeyAsync(Path.Combine(directory, "etc/ssl", place, "key.pem"), owner, dry, cancellationToken) is { } step)
                    {
                        steps.Add(step);
                    }
                }

                if (dropIn.Action != "unchanged" && directory == "/" && !dry && Directory.Exists("/run/systemd/system"))
                {
                    await RunAsync("systemctl", ["daemon-reload"], cancellationToken);
                    run.Output.Note("`systemctl restart dom-master` makes it count");
                }

                foreach (var step in steps)
                {
                    run.Output.Line($"{step.Path}: {(dry && step.Action != "unchanged" ? "would be " : "")}{step.Action}{(step.Detail.Length > 0 ? $" ({step.Detail})" : "")}");
                }

                run.Output.Document(new SetupDocument(dry, steps), SetupJson.Default.SetupDocument);
                return ExitCode.Done;
            });
    }

    private static SetupStep SetDropIn(string root, string? text, bool dry)
    {
        var path = Path.Combine(root, MasterDropIn.Place);
        var there = File.Exists(path) ? File.ReadAllText(path) : null;
        if (there == text)
        {
            return new SetupStep(path, "unchanged", text is null ? "/etc/default/dominator sets nothing" : "");
        }

        if (text is null)
        {
            if (!dry)
            {
                File.Delete(path);
                RemoveIfEmpty(Path.GetDirectoryName(path)!);
            }

            return new SetupStep(path, "removed", "/etc/default/dominator sets nothing");
        }

        if (!dry)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }

        return new SetupStep(path, "written", string.Join(", ", text.Split('\n').Where(l => l.Contains('=', StringComparison.Ordinal) && l[0] != '#')));
    }

    private static void RemoveIfEmpty(string directory)
    {
        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }

    /// <summary>The key becomes the user's, and nobody else's.</summary>
    private static async Task<SetupStep?> OwnKeyAsync(string key, string user, bool dry, CancellationToken cancellationToken)
    {
        if (!File.Exists(key))
        {
            return null;
        }

        if (new FileInfo(key).LinkTarget is not null)
        {
            return new SetupStep(key, "unchanged", "a symbolic link: who may read the file it leads to is yours to say");
        }

        if (!dry)
        {
            await RunAsync("chown", ["--no-dereference", "--", user, key], cancellationToken);
            File.SetUnixFileMode(key, UnixFileMode.UserRead);
        }

        return new SetupStep(key, "owner set", user);
    }

    private static async Task ExpectUserAsync(string user, CancellationToken cancellationToken)
    {
        if ((await SystemProgram.RunAsync("getent", ["passwd", user], cancellationToken)).ExitCode != 0)
        {
            throw new CommandException(ExitCode.NotFound, "NoSuchUser", $"/etc/default/dominator names the user '{user}', and there is none",
                $"`useradd --system {user}`, or correct USERNAME");
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var (code, error) = await SystemProgram.RunAsync(program, arguments, cancellationToken);
        if (code != 0)
        {
            throw new CommandException(ExitCode.Failed, "StepFailed", $"{program} {string.Join(' ', arguments)} ended with code {code}: {error}", "run `dom setup` as root");
        }
    }
}
