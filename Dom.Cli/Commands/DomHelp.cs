using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dom.Cli.Commands;

/// <summary>The help of a command, followed by its examples.</summary>
internal sealed class DomHelp(SynchronousCommandLineAction standard) : SynchronousCommandLineAction
{
    /// <summary>Leaves <c>--help</c> and <c>-h</c> as the only names of help, and adds examples to what it prints.</summary>
    public static void Attach(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            foreach (var alias in option.Aliases.Where(a => a != "-h").ToList())
            {
                option.Aliases.Remove(alias);
            }

            if (option.Action is SynchronousCommandLineAction action)
            {
                option.Action = new DomHelp(action);
            }
        }
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = standard.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var (commandLine, meaning) in verb.Examples)
            {
                output.WriteLine($"  {commandLine}");
                output.WriteLine($"      {meaning}");
            }

            output.WriteLine();
        }

        return code;
    }
}
