using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub.Disruption;

/// <summary>A program that is called with <c>check</c>, <c>request</c> or <c>cancel</c>: exit code 0 permitted, 1 requested, 2 denied, as with Dominator's sub. Whatever else happens is no permission.</summary>
internal sealed class DisruptionTool(string program, TimeSpan limit, TimeProvider time) : IDisruptionAuthority
{
    /// <inheritdoc/>
    public string Name => $"the disruption tool {program}";

    /// <inheritdoc/>
    public async Task<DisruptionAnswer> AskAsync(DisruptionQuestion question, CancellationToken cancellationToken)
    {
        var verb = question switch { DisruptionQuestion.Check => "check", DisruptionQuestion.Request => "request", _ => "cancel" };
        try
        {
            var ended = await GroupRun.RunAsync(program, [verb], [], limit, time, cancellationToken);
            return ended.Code switch
            {
                0 => new DisruptionAnswer(DisruptionState.Permitted, ended.Output),
                1 => new DisruptionAnswer(DisruptionState.Requested, ended.Output),
                2 => new DisruptionAnswer(DisruptionState.Denied, ended.Output),
                null => Failed(verb, string.Create(CultureInfo.InvariantCulture, $"was not done after {limit.TotalSeconds:0.###} s and was killed"), ended.Output),
                var code => Failed(verb, string.Create(CultureInfo.InvariantCulture, $"ended with code {code}, which is none of 0, 1 and 2"), ended.Output),
            };
        }
        catch (LinuxException e)
        {
            return Failed(verb, "cannot be run", e.Message);
        }
    }

    private DisruptionAnswer Failed(string verb, string how, string output) =>
        new(DisruptionState.Failed, $"{Name}, asked to {verb}, {how}{(output.Length == 0 ? "" : ": " + output)}");
}
