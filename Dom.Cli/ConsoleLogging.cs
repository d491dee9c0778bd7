using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Dom.Cli;

/// <summary>Where the log of a running role goes: standard error, in the journal's form when systemd reads it.</summary>
internal static class ConsoleLogging
{
    /// <summary>
    /// Makes the log of this process, which takes every line: each role decides which it has (<see cref="Dom.Roles.Hosting.Logs.RoleLogging"/>). Under systemd
    /// lines carry priorities and no times, since the journal has its own.
    /// </summary>
    public static ILoggerFactory Create() => new PrintableLogging(LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 })
        {
            logging.AddSystemdConsole();
            return;
        }

        logging.AddSimpleConsole(format =>
        {
            format.SingleLine = true;
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            format.ColorBehavior = Console.IsErrorRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
                ? LoggerColorBehavior.Disabled
                : LoggerColorBehavior.Default;
        });
    }));
}
