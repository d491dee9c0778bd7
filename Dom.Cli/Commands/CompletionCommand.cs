using System.CommandLine;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary><c>dom completion</c>: scripts that let a shell complete commands, by asking the program itself.</summary>
internal static class CompletionCommand
{
    // The program answers "[suggest:POSITION] LINE" with one candidate a line; it asks servers for less than a second. A failing answer completes nothing.
    // Candidates are compared and inserted as they are: nothing a server says is ever expanded by the shell.
    private const string Bash = """
        # Completion of dom for bash. Install: dom completion bash > /usr/share/bash-completion/completions/dom
        _dom() {
            local line=${COMP_LINE:0:COMP_POINT} lead='' piece='' breaks='' word candidate
            local -a candidates
            word=${line##*[[:space:]]}
            if [[ $word == --*=* ]]; then
                lead=${word%%=*}=
                line="${line%"$word"}${lead%=} ${word#*=}"
                word=${word#*=}
            fi
            mapfile -t candidates < <(timeout $((${DOM_COMPLETION_TIMEOUT:-1} + 1)) dom "[suggest:${#line}]" "$line" 2> /dev/null < /dev/null)
            # Bash itself splits words at these, and replaces only the last piece.
            [[ $COMP_WORDBREAKS == *=* ]] && lead='' breaks+='='
            [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'
            [[ -n $breaks && $word == *[$breaks]* ]] && piece=${word%"${word##*[$breaks]}"}
            COMPREPLY=()
            for candidate in "${candidates[@]}"; do
                [[ $candidate == "$word"* && ( $candidate != -* || $word == -* ) ]] || continue
                printf -v candidate %q "${candidate#"$piece"}"
                COMPREPLY+=("$lead$candidate")
            done
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2> /dev/null
            return 0
        }
        complete -o bashdefault -o default -F _dom dom
        """;

    private const string Zsh = """
        #compdef dom
        # Completion of dom for zsh. Install: dom completion zsh > /usr/share/zsh/site-functions/_dom
        _dom() {
            local line=${BUFFER[1,CURSOR]} word
            local -a candidates open
            word=${line##*[[:space:]]}
            [[ $word == --*=* ]] && line="${line%"$word"}${word%%=*} ${word#*=}" && word=${word#*=} && compset -P '--[^=]##='
            candidates=("${(@f)$(timeout $((${DOM_COMPLETION_TIMEOUT:-1} + 1)) dom "[suggest:${#line}]" "$line" 2> /dev/null < /dev/null)}")
            [[ $word == -* ]] || candidates=("${(@)candidates:#-*}")
            open=("${(@M)candidates:#*/}")
            candidates=("${(@)candidates:#(|*/)}")
            (( $#candidates + $#open )) || { _files; return; }
            (( $#open )) && compadd -S '' -- "${open[@]}"
            (( $#candidates )) && compadd -- "${candidates[@]}"
        }
        if [[ $funcstack[1] == _dom ]]; then _dom "$@"; else compdef _dom dom; fi
        """;

    private const string Fish = """
        # Completion of dom for fish. Install: dom completion fish > /usr/share/fish/vendor_completions.d/dom.fish
        function __dom_complete
            set -l line (commandline -cp)
            set -l word (commandline -ct)
            set -l lead ''
            set -l limit 2
            set -q DOM_COMPLETION_TIMEOUT; and set limit (math $DOM_COMPLETION_TIMEOUT + 1)
            if string match -q -- '--*=*' $word
                set lead (string replace -r -- '=.*' '=' $word)
                set line (string replace -r -- '^(.*\s--[^=\s]+)=(\S*)$' '$1 $2' $line)
                set word (string replace -r -- '^[^=]*=' '' $word)
            end
            for candidate in (timeout $limit dom "[suggest:"(string length -- "$line")"]" "$line" 2> /dev/null < /dev/null)
                if string match -q -- '-*' $candidate; and not string match -q -- '-*' $word
                    continue
                end
                echo -- "$lead$candidate"
            end
        end
        complete -c dom -a "(__dom_complete)"
        """;

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish.", HelpName = "bash|zsh|fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        return new Verb("completion", "Prints the script that lets a shell complete dom commands.") { shell }
            .Prints(OutputJson.Default.CompletionDocument)
            .WithExample("source <(dom completion bash)", "for this shell only")
            .WithExample("dom completion fish > ~/.config/fish/completions/dom.fish", "for good")
            .Runs((run, _) =>
            {
                var script = ScriptFor(run.Value(shell));
                if (run.Output.IsJson)
                {
                    run.Output.Document(new CompletionDocument(run.Value(shell), script), OutputJson.Default.CompletionDocument);
                    return Task.FromResult(ExitCode.Done);
                }

                run.Output.Raw(script);
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
