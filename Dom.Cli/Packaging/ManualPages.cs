using System.CommandLine;
using System.Globalization;
using System.Text;
using Dom.Cli.Commands;
using Dom.Cli.Configuration;

namespace Dom.Cli.Packaging;

/// <summary>The manual pages, made of the command tree and of the keys: <c>dom.1</c>, one for each noun or verb below it, and <c>dom.conf.5</c>.</summary>
internal static class ManualPages
{
    private static readonly (int Code, string Meaning)[] ExitCodes =
    [
        (ExitCode.Done, "done, or nothing to do"),
        (ExitCode.Failed, "failed, nothing more specific"),
        (ExitCode.Usage, "the command line or the configuration is wrong"),
        (ExitCode.Partial, "finished, some machines or things failed; they are listed"),
        (ExitCode.Drift, "a difference was found"),
        (ExitCode.Refused, "refused by policy"),
        (ExitCode.Denied, "the certificate is not accepted or does not allow this"),
        (ExitCode.Unreachable, "a server cannot be reached or did not answer in time"),
        (ExitCode.NotFound, "the named thing does not exist"),
        (ExitCode.Corrupt, "stored data is damaged"),
        (ExitCode.Interrupted, "interrupted"),
        (ExitCode.Terminated, "terminated"),
    ];

    /// <summary>All pages: file name and text.</summary>
    public static IEnumerable<(string File, string Text)> All(RootCommand root)
    {
        var commands = root.Subcommands.Where(c => !c.Hidden).ToList();
        yield return ("dom.1", Overview(root, commands));
        foreach (var command in commands)
        {
            yield return ($"dom-{command.Name}.1", Page(command, root));
        }

        yield return ("dom.conf.5", Configuration());
    }

    private static string Overview(RootCommand root, List<Command> commands)
    {
        var page = new RoffText("dom", 1, root.Description ?? "").Section("SYNOPSIS").Paragraph("dom COMMAND [ARGUMENT...]").Section("COMMANDS");
        foreach (var command in commands)
        {
            page.Item(command.Name, $"{command.Description} See dom-{command.Name}(1).");
        }

        Options(page.Section("OPTIONS"), root.Options.Where(o => !o.Hidden));
        page.Section("EXIT STATUS");
        foreach (var (code, meaning) in ExitCodes)
        {
            page.Item(code.ToString(CultureInfo.InvariantCulture), meaning);
        }

        return page.Section("FILES").Item("/etc/dom/dom.conf", "Configuration, see dom.conf(5).")
            .Section("SEE ALSO").Paragraph(string.Join(", ", commands.Select(c => $"dom-{c.Name}(1)").Append("dom.conf(5)"))).ToString();
    }

    private static string Page(Command command, RootCommand root)
    {
        var page = new RoffText($"dom-{command.Name}", 1, command.Description ?? "");
        page.Section("SYNOPSIS");
        var verbs = Verbs($"dom {command.Name}", command).ToList();
        foreach (var (path, verb) in verbs)
        {
            page.Literal(Synopsis(path, verb));
        }

        page.Section("DESCRIPTION");
        foreach (var (path, verb) in verbs)
        {
            Describe(verbs.Count > 1 ? page.Subsection(path) : page, verb);
        }

        Options(page.Section("COMMON OPTIONS"), root.Options.Where(o => !o.Hidden));
        return page.Section("EXIT STATUS").Paragraph("See dom(1).").Section("SEE ALSO").Paragraph("dom(1), dom.conf(5)").ToString();
    }

    private static void Describe(RoffText page, Command verb)
    {
        page.Paragraph(verb.Description ?? "");
        foreach (var argument in verb.Arguments.Where(a => !a.Hidden))
        {
            page.Item(argument.HelpName ?? argument.Name, argument.Description ?? "");
        }

        Options(page, verb.Options.Where(o => !o.Hidden));
        foreach (var (commandLine, meaning) in verb is Verb { Examples: var examples } ? examples : [])
        {
            page.Literal($"    {commandLine}\n        {meaning}");
        }
    }

    private static void Options(RoffText page, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name));
            page.Item(string.IsNullOrEmpty(option.HelpName) ? names : $"{names} {option.HelpName}", option.Description ?? "");
        }
    }

    private static string Synopsis(string path, Command verb)
    {
        var text = new StringBuilder(path);
        foreach (var argument in verb.Arguments.Where(a => !a.Hidden))
        {
            var name = (argument.HelpName ?? argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            text.Append(argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}]" : $" {name}");
        }

        return verb.Options.Any(o => !o.Hidden) ? text.Append(" [OPTION...]").ToString() : text.ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Verbs(string path, Command command) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Verbs($"{path} {c.Name}", c));

    private static string Configuration()
    {
        var page = new RoffText("dom.conf", 5, "configuration of dom").Section("SYNOPSIS")
            .Literal("/etc/dom/dom.conf\n/etc/dom/dom.conf.d/*.conf")
            .Section("DESCRIPTION")
            .Paragraph("Sections in brackets, below them KEY=VALUE, one a line. A line that begins with # or ; is a comment; a line that ends with \\ goes on in the next one. "
                + "The files of dom.conf.d are read after dom.conf, in the order of their names, then the environment (DOM_Section__Key), then flags (--set Section.Key=VALUE); "
                + "what comes later wins. A key that may be repeated takes one value a line; an empty value removes those before it. `dom config check` reports mistakes.");
        foreach (var section in DomSchema.Sections)
        {
            page.Section($"[{section.Heading}]").Paragraph(section.Description);
            foreach (var key in section.Keys)
            {
                var standard = key.DefaultText.Length > 0 ? $" Default: {HomePath.Shorten(key.DefaultText)}" : "";
                page.Item($"{key.Name}=", $"{key.Description} {char.ToUpperInvariant(key.Expected[0])}{key.Expected[1..]}{(key.IsList ? "; may be repeated" : "")}.{standard}");
            }
        }

        return page.Section("SEE ALSO").Paragraph("dom(1), dom-config(1)").ToString();
    }
}
