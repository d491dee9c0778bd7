using System.ComponentModel;
using System.Globalization;
using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub.Update;

/// <summary>Runs <c>systemctl VERB UNIT</c>, or the configured command with verb and service as its arguments.</summary>
/// <remarks>A program that is not done in time gets SIGTERM, and SIGKILL a little later. The last output of one that failed is the error.</remarks>
public sealed class ServiceRunner(ServiceRunnerOptions options, TimeProvider time) : IServiceRunner
{
    /// <summary>systemctl's exit code for a unit that does not exist: there is nothing to stop.</summary>
    private const int NotLoaded = 5;

    /// <summary>When the last action began: of what a service wrote before it says nothing.</summary>
    private DateTimeOffset _begun;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(ServiceVerb verb, string service, CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return null;
        }

        if (verb == ServiceVerb.ReloadUnits && options.Command.Length > 0)
        {
            // Not systemd's units, as far as anybody knows.
            return null;
        }

        _begun = time.GetUtcNow();
        if (verb != ServiceVerb.ReloadUnits && (service.Length == 0 || service[0] == '-'))
        {
            return $"'{service}' is no service name; correct the triggers of the image";
        }

        var (program, arguments) = Call(verb, service);
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
            null => $"{Describe(verb, service)} was not done after {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s and was killed",
            0 => null,
            NotLoaded when verb == ServiceVerb.Stop && options.Command.Length == 0 => null,
            var code => $"{Describe(verb, service)} ended with code {code}{(ended.Text.Length == 0 ? "" : ": " + ended.Text)}",
        };
    }

    /// <inheritdoc/>
    public async Task<ServiceLog?> ReadLogAsync(string service, CancellationToken cancellationToken) =>
        options.Enabled && options.Command.Length == 0 && service.Length > 0 && service[0] != '-'
            ? await ServiceJournal.ReadAsync(service, _begun, time, cancellationToken)
            : null;

    private (string Program, string[] Arguments) Call(ServiceVerb verb, string service) => verb switch
    {
        ServiceVerb.Reboot when options.RebootCommand.Length > 0 => ("/bin/sh", ["-c", options.RebootCommand]),
        _ when options.Command.Length > 0 => (options.Command, [Text(verb), service]),
        ServiceVerb.Reboot => ("systemctl", service == ServiceAction.ForcedReboot ? [Text(verb), "--force"] : [Text(verb)]),
        ServiceVerb.ReloadUnits => ("systemctl", [Text(verb)]),
        _ => ("systemctl", [Text(verb), service]),
    };

    private static string Describe(ServiceVerb verb, string service) => verb is ServiceVerb.Reboot or ServiceVerb.ReloadUnits ? Text(verb) : $"{Text(verb)} {service}";

    private static string Text(ServiceVerb verb) => verb switch
    {
        ServiceVerb.Stop => "stop",
        ServiceVerb.Start => "start",
        ServiceVerb.Reload => "reload",
        ServiceVerb.Restart => "restart",
        ServiceVerb.Reboot => "reboot",
        ServiceVerb.ReloadUnits => "daemon-reload",
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "no such verb"),
    };
}
