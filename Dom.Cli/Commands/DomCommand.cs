using System.CommandLine;
using System.Runtime.InteropServices;
using Dom.Cli.Output;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>The root of the command tree: one line here for each noun, each verb in a file of its own.</summary>
public static class DomCommand
{
    /// <summary>The options every command takes.</summary>
    internal static ConnectionOptions Connection { get; } = new();

    /// <summary>Builds the command tree.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("dom keeps fleets of Linux machines identical to their OS images.")
        {
            RunCommand.Build(),
            ImageCommand.Build(),
