using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary><c>dom completion</c>: scripts that let a shell complete commands, by asking the program itself.</summary>
internal static class CompletionCommand
{
    // The program answers "[suggest:POSITION] LINE" with one candidate a line; a failing or slow answer completes nothing.
    private const string Bash = """
        # Completion of dom for bash. Install: dom completion bash > /usr/share/bash-completion/completions/dom
        _dom() {
            local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]} candidates
            candidates=$(timeout 2 dom "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null) || return 0
            COMPREPLY=($(compgen -W "$candidates" -- "$word"))
        }
        complete -o bashdefault -o default -F _dom dom
        """;

    private const string Zsh = """
        #compdef dom
        # Completion of dom for zsh. Install: dom completion zsh > /usr/share/zsh/site-functions/_dom
        _dom() {
            local -a candidates
            candidates=("${(@f)$(timeout 2 dom "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
            (( ${#candidates[1]} )) && compadd -a candidates || _files
        }
        compdef _dom dom
        """;

    private const string Fish = """
        # Completion of dom for fish. Install: dom completion fish > /usr/share/fish/vendor_completions.d/dom.fish
        function __dom_complete
            set -l line (commandline -cp)
            timeout 2 dom "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null
        end
        complete -c dom -a "(__dom_complete)"
        """;

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish.", HelpName = "bash|zsh|fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        return new Verb("completion", "Prints the script that lets a shell complete dom commands.") { shell }
            .WithExample("source <(dom completion bash)", "for this shell only")
            .WithExample("dom completion fish > ~/.config/fish/completions/dom.fish", "for good")
            .Runs((run, _) =>
            {
                run.Output.Raw(ScriptFor(run.Value(shell)));
                return Task.FromResult(ExitCode.Done);
            });
    }

    /// <summary>The script for a shell.</summary>
    /// <exception cref="CommandException">There is none for it.</exception>
    internal static string ScriptFor(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        var other => throw new CommandException(ExitCode.Usage, "UnknownShell", $"there is no completion for '{other}'", "choose bash, zsh or fish"),
    };
}
