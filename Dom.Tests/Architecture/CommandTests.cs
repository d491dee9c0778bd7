using System.CommandLine;
using Dom.Cli.Commands;

namespace Dom.Tests.Architecture;

/// <summary>Every command, found by walking the tree.</summary>
public sealed class CommandTests
{
    private static IEnumerable<(string Path, Command Command)> Commands => Walk("dom", DomCommand.Build());

    [Test]
    public void What_completes_dynamically_has_a_name_in_help() =>
        // Without one, help prints the completions themselves, and `--help` would call the server.
        Assert.That(
            from entry in Commands
            from symbol in entry.Command.Arguments.Select(a => (a.Name, a.HelpName, a.CompletionSources.Count))
                .Concat(entry.Command.Options.Select(o => (o.Name, o.HelpName, o.CompletionSources.Count)))
            where symbol.Count > 0 && string.IsNullOrEmpty(symbol.HelpName)
                && !entry.Command.Options.Any(o => o.Name == symbol.Name && o.ValueType == typeof(bool))
            select $"{entry.Path} {symbol.Name}",
            Is.Empty);

    [Test]
    public void Every_verb_has_an_example_and_says_what_it_does() =>
        Assert.That(
            from entry in Commands
            where string.IsNullOrEmpty(entry.Command.Description) || entry.Command is Verb { Examples.Count: 0 }
            select entry.Path,
            Is.Empty);

    [Test]
    public void Every_command_is_a_noun_with_verbs_or_a_verb() =>
        Assert.That(
            from entry in Commands
            where entry.Command is not (Verb or VerbGroup or RootCommand) || (entry.Command is VerbGroup && entry.Command.Subcommands.Count == 0)
            select entry.Path,
            Is.Empty);

    [Test]
    public void Every_option_and_argument_says_what_it_is() =>
        Assert.That(
            from entry in Commands
            from symbol in entry.Command.Arguments.Cast<Symbol>().Concat(entry.Command.Options)
            where string.IsNullOrEmpty(symbol.Description)
            select $"{entry.Path} {symbol.Name}",
            Is.Empty);

    private static IEnumerable<(string Path, Command Command)> Walk(string path, Command command) =>
        command.Subcommands.SelectMany(c => Walk($"{path} {c.Name}", c)).Prepend((path, command));
}
