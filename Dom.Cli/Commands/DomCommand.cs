using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary>The root of the command tree: one line here for each verb, each verb in a file of its own.</summary>
public static class DomCommand
{
    /// <summary>Builds the command tree.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("dom keeps fleets of Linux machines identical to their OS images.");
        return root;
    }

    /// <summary>Parses and runs one command line; returns the exit code (0 done, 2 usage error, others in docs/cli.md).</summary>
    public static Task<int> RunAsync(string[] args) => Build().Parse(args).InvokeAsync();
}
