using System.ComponentModel;
using System.Globalization;
using Dom.Core.Linux;
using Dom.Roles.Hosting;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>What happens when an update replaces the program that carries it out: the new one is tried, and the old one ends when it is good.</summary>
/// <remarks>
/// A new program that does not even read its configuration would leave a machine nobody can direct any more. So the old one asks it first, and stays when it
/// has no good answer: the fault counts as a trigger that failed, so that the machine goes back to the image before, and the master's brake judges the image.
/// </remarks>
internal sealed class SelfUpdate(OwnProgram program, UnixPath root, TimeProvider time, ILogger log, Action end)
{
    /// <summary>What the new program is asked: everything it would be started with, but to look at its configuration only.</summary>
    internal const string Question = "--check";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(5);

    private bool _givesWay;

    /// <summary>The program's files in the managed tree; none when it lies elsewhere.</summary>
    public IReadOnlySet<UnixPath> Paths { get; } = program.Files
        .Select(UnixPath.Of)
        .Where(path => root.Contains(path) && path != root)
        .Select(path => root.Length == 1 ? path : new UnixPath(path.Bytes[root.Length..]))
        .ToHashSet();

    /// <summary>Tries the new program when an update has just replaced this one.</summary>
    /// <returns>The outcome, with the fault of a program that does not start among the services.</returns>
    public async Task<UpdateOutcome> TryNewAsync(UpdateOutcome outcome)
    {
        if (!outcome.Swapped || Paths.Count == 0 || !program.IsReplaced)
        {
            return outcome;
        }

        var fault = await AskAsync();
        _givesWay = fault is null;
        if (fault is null)
        {
            return outcome;
        }

        log.CannotGiveWay(fault);
        fault = $"the new dom does not start: {fault}";
        return outcome with { FailedServices = [.. outcome.FailedServices, fault], FailedTriggers = [.. outcome.FailedTriggers, fault] };
    }

    /// <summary>Ends this process when the new program is to run. To be called when everything about the update is durable and reported.</summary>
    public void GiveWay()
    {
        if (_givesWay)
        {
            log.GivesWay(program.Executable);
            end();
        }
    }

    private async Task<string?> AskAsync()
    {
        try
        {
            var ended = await TimedProgram.RunAsync(program.Executable, [.. program.Arguments.Skip(1), Question], "", Limit, KillAfter, time, CancellationToken.None);
            return ended.Code switch
            {
                null => string.Create(CultureInfo.InvariantCulture, $"it did not read its configuration within {Limit.TotalSeconds} s"),
                0 => null,
                var code => $"asked to read its configuration it ended with code {code}{(ended.Text.Length == 0 ? "" : ": " + ended.Text)}",
            };
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
