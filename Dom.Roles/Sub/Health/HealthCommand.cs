using System.Globalization;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Health;

/// <summary>Runs a command that tells by its exit code whether the machine is healthy: <c>/bin/sh -c COMMAND</c> in the directory <c>/</c>.</summary>
/// <remarks>Of its output the beginning is kept.</remarks>
internal sealed class HealthCommand(TimeSpan limit, TimeProvider time)
{
    /// <summary>Most bytes of output that are kept.</summary>
    public const int MaxOutput = GroupRun.MaxOutput;

    /// <summary>Runs it once.</summary>
    /// <param name="command">The command.</param>
    /// <param name="image">Name of the image it is asked about: the variable <c>DOM_IMAGE</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when it ended with 0; else what went wrong, with the first lines it wrote.</returns>
    public async Task<string?> RunAsync(string command, string image, CancellationToken cancellationToken)
    {
        GroupRun ended;
        try
        {
            // A newline, so that whatever the command is it is a line of its own.
            ended = await GroupRun.RunAsync("/bin/sh", ["-c", "cd / || exit 125\n" + command], [new("DOM_IMAGE", image)], limit, time, cancellationToken);
        }
        catch (LinuxException e)
        {
            return $"the health command '{Shorten(command)}' cannot be run: {e.Message}";
        }

        var how = ended.Code switch
        {
            0 => "",
            null => string.Create(CultureInfo.InvariantCulture, $"was not done after {limit.TotalSeconds:0.###} s and was killed"),
            var code => string.Create(CultureInfo.InvariantCulture, $"ended with code {code}"),
        };
        return how.Length == 0 ? null : $"the health command '{Shorten(command)}' {how}{(ended.Output.Length == 0 ? "" : ": " + ended.Output)}";
    }

    private static string Shorten(string command) => command.Length <= 200 ? command : command[..199] + "…";
}
