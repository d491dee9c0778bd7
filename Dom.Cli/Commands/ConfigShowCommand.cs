using System.CommandLine;
using Dom.Cli.Configuration;
using Dom.Cli.Output;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary><c>dom config show</c>: the keys, their values and where each value comes from.</summary>
internal static class ConfigShowCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var section = new Argument<string?>("section")
        {
            Description = "Only this section.",
            HelpName = "SECTION",
            Arity = ArgumentArity.ZeroOrOne,
            CompletionSources = { _ => DomSchema.Sections.Select(s => new System.CommandLine.Completions.CompletionItem(s.Name)) },
        };
        var effective = new Option<bool>("--effective") { Description = "Every key with the value that counts, not only those that are set." };
        return new Verb("show", "Shows the values that count and where each comes from.") { section, effective }
            .Prints(OutputJson.Default.ConfigDocument)
            .WithExample("dom config show", "what was set, and where")
            .WithExample("dom config show Sub --effective", "all keys of the sub with their meaning")
            .Runs((run, _) => Task.FromResult(Show(run, run.OptionalValue(section), run.Value(effective))));
    }

    private static int Show(CommandRun run, string? only, bool all)
    {
        var sections = DomSchema.Sections.Where(s => only is null || s.Name.Equals(only, StringComparison.OrdinalIgnoreCase) || s.Covers(only)).ToList();
        if (sections.Count == 0)
        {
            throw new CommandException(ExitCode.NotFound, "NoSuchSection", $"there is no section [{only}]",
                Suggestion.For(only ?? "", DomSchema.Sections.Select(s => s.Name)) ?? $"the sections are {string.Join(", ", DomSchema.Sections.Select(s => s.Name))}");
        }

        var entries = new List<ConfigEntry>();
        foreach (var section in sections)
        {
            var keys = section.Keys.ToDictionary(k => k.Name);
            foreach (var value in run.Configuration.Effective.Where(v => section.Covers(v.Section)))
            {
                var key = keys[value.Key];
                if (all || only is not null || value.Origin != "default")
                {
                    entries.Add(new ConfigEntry(value.Section, key.Name, value.Values, value.Origin, key.Expected, key.DefaultText, key.Description));
                }
            }
        }

        foreach (var group in entries.GroupBy(e => e.Section))
        {
            run.Output.Line($"[{group.Key}]");
            foreach (var entry in group)
            {
                if (all)
                {
                    run.Output.Line($"# {entry.Description} ({entry.Expected})");
                }

                foreach (var value in entry.Values.DefaultIfEmpty(""))
                {
                    run.Output.Line($"{entry.Key}={value}  # {entry.Origin}");
                }
            }

            run.Output.Line();
        }

        if (entries.Count == 0)
        {
            run.Output.Note("nothing is set; --effective shows the defaults");
        }

        run.Output.Document(new ConfigDocument(entries), OutputJson.Default.ConfigDocument);
        return ExitCode.Done;
    }
}
