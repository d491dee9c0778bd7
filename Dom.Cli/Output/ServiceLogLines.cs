using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Output;

/// <summary>Prints the last that services wrote which did not start.</summary>
internal static class ServiceLogLines
{
    /// <summary>A heading for each service, and its lines.</summary>
    public static void Print(ConsoleOutput output, IEnumerable<ServiceLog> logs)
    {
        foreach (var log in logs)
        {
            output.Line($"what {log.Service} wrote before it failed:");
            foreach (var line in log.Lines)
            {
                output.Line($"  {line}");
            }
        }
    }
}
