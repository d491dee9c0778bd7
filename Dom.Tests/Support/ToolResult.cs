using System.Text;

namespace Dom.Tests.Support;

/// <summary>What a tool did: its exit code and what it printed.</summary>
public sealed record ToolResult(string CommandLine, int ExitCode, byte[] OutputBytes, string Error)
{
    /// <summary>Standard output as text.</summary>
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    /// <summary>The lines of standard output without empty ones.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fails the test unless the tool ended with this code.</summary>
    public ToolResult Expect(int exitCode = 0)
    {
        if (ExitCode != exitCode)
        {
            throw new AssertionException($"{CommandLine}\nended with {ExitCode}, not {exitCode}\nstdout: {Output}\nstderr: {Error}");
        }

        return this;
    }
}
