using System.Globalization;
using System.Text.RegularExpressions;
using Dom.Core.Linux;
using Dom.Roles.Sub;
using Dom.Tests.Lab;

namespace Dom.Tests.Roles.Sub;

/// <summary>A sub as a process of its own, so that it can be stopped in its tracks and killed.</summary>
internal sealed partial class SubProcess : IAsyncDisposable
{
    private const int Kill = 9;
    private const int Stop = 19;

    private readonly DomProcess _process;

    private SubProcess(DomProcess process) => _process = process;

    /// <summary>The port of the newest program in it.</summary>
    public int Port => int.Parse(Answers().Matches(_process.Log)[^1].Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>How many times a sub has begun to answer in this process.</summary>
    public int Starts => Answers().Count(_process.Log);

    public string Log => _process.Log;

    public int Id => _process.Id;

    public static async Task<SubProcess> StartAsync(
        IReadOnlyList<string> command, SubOptions options, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "run", "--role=sub", "--set", $"Sub.Listen={options.Listen}", "--set", $"Sub.Root={options.Root}", "--set", $"Sub.ServiceCommand={options.ServiceCommand}",
            "--set", $"Tls.CaFile={options.Tls.CaFile}", "--set", $"Tls.CertificateFile={options.Tls.CertificateFile}", "--set", $"Tls.KeyFile={options.Tls.KeyFile}",
        ];
        var started = new SubProcess(DomProcess.Start(command, arguments, environment));
        try
        {
            await started.WaitAsync("the sub answers", () => started.Starts > 0, cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public Task WaitAsync(string what, Func<bool> condition, CancellationToken cancellationToken) =>
        _process.WaitAsync(what, () => Task.FromResult(condition()), TimeSpan.FromSeconds(60), cancellationToken);

    /// <summary>Waits until it has ended by itself or by a fail point.</summary>
    public Task<int> EndAsync(CancellationToken cancellationToken) => _process.EndAsync(cancellationToken);

    /// <summary>From one instant to the next none of its threads goes on.</summary>
    public void Freeze() => ProcessControl.Signal(Id, Stop);

    public async Task KillAsync()
    {
        ProcessControl.Signal(Id, Kill);
        await _process.EndAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"sub answers at \S+:(\d+)")]
    private static partial Regex Answers();
}
