using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary>A noun with verbs below it, such as <c>dom image</c>. By itself it shows its help and returns a usage error.</summary>
internal sealed class VerbGroup : Command
{
    /// <summary>Makes the group; verbs are added with collection initialisers.</summary>
    public VerbGroup(string name, string description)
        : base(name, description) => SetAction(arguments =>
        {
            arguments.RootCommandResult.Command.Parse([.. arguments.Tokens.Select(t => t.Value), "--help"]).Invoke();
            return ExitCode.Usage;
        });
}
