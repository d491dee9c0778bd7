using System.ComponentModel;
using System.Globalization;

namespace Dom.Roles.Sub.Update;

/// <summary>Runs <c>systemctl VERB UNIT</c>, or the configured command with verb and service as its arguments.</summary>
/// <remarks>A program that is not done in time gets SIGTERM, and SIGKILL a little later. The last output of one that failed is the error.</remarks>
public sealed class ServiceRunner(ServiceRunnerOptions options, TimeProvider time) : IServiceRunner
{
    /// <summary>systemctl's exit code for a unit that does not exist: there is nothing to stop.</summary>
    private const int NotLoaded = 5;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return null;
        }

        if (service.Length == 0 || service[0] == '-')
        {
            return $"'{service}' is no service name; correct the triggers of the image";
        }

        var program = options.Command.Length > 0 ? options.Command : "systemctl";
        string[] arguments = verb != ServiceVerb.Reboot || options.Command.Length > 0 ? [Text(verb), service] : [Text(verb)];
        TimedProgram ended;
        try
        {
            ended = await TimedProgram.RunAsync(program, arguments, "/", options.Timeout, options.KillAfter, time, cancellationToken);
        }
        catch (Win32Exception e)
        {
            return $"cannot run {program}: {e.Message}";
        }

        return ended.Code switch
        {
            null => $"{Text(verb)} {service} was not done after {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s and was killed",
            0 => null,
            NotLoaded when verb == ServiceVerb.Stop && options.Command.Length == 0 => null,
            var code => $"{Text(verb)} {service} ended with code {code}{(ended.Text.Length == 0 ? "" : ": " + ended.Text)}",
        };
    }

    private static string Text(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Stop => "stop",
        ServiceVerb.Start => "start",
        ServiceVerb.Reload => "reload",
        ServiceVerb.Restart => "restart",
        ServiceVerb.Reboot => "reboot",
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "no such verb"),
    };
}
