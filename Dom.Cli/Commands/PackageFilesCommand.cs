using System.CommandLine;
using Dom.Cli.Packaging;

namespace Dom.Cli.Commands;

/// <summary><c>dom package-files</c>: for <c>packaging/build-deb.sh</c>, the files of the package that the program knows by itself.</summary>
internal static class PackageFilesCommand
{
    /// <summary>Builds the command; it is hidden, since nobody but the build needs it.</summary>
    public static Command Build()
    {
        var directory = new Argument<string>("directory") { Description = "The root of the package.", HelpName = "DIRECTORY" };
        return new Verb("package-files", "Writes configuration, manual pages and completions, laid out as installed.") { directory }.AsHidden()
            .WithExample("dom package-files ./root", "./root/etc/dom/dom.conf, ./root/usr/share/man/man1/dom.1 and so on")
            .Runs(async (run, cancellationToken) =>
            {
                var root = Path.GetFullPath(run.Value(directory));
                await WriteAsync(root, "etc/dom/dom.conf", CommentedConfiguration.Text(), cancellationToken);
                await WriteAsync(root, "usr/share/bash-completion/completions/dom", CompletionCommand.ScriptFor("bash") + "\n", cancellationToken);
                await WriteAsync(root, "usr/share/zsh/vendor-completions/_dom", CompletionCommand.ScriptFor("zsh") + "\n", cancellationToken);
                await WriteAsync(root, "usr/share/fish/vendor_completions.d/dom.fish", CompletionCommand.ScriptFor("fish") + "\n", cancellationToken);
                foreach (var (file, text) in ManualPages.All((RootCommand)run.Arguments.RootCommandResult.Command))
                {
                    await WriteAsync(root, $"usr/share/man/man{file[^1]}/{file}", text, cancellationToken);
                }

                return ExitCode.Done;
            });
    }

    private static Task WriteAsync(string root, string place, string text, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllTextAsync(path, text, cancellationToken);
    }
}
