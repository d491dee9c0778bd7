using Dom.Core.Images;
using Dom.Roles.Pages;

namespace Dom.Cli.Output;

/// <summary>Shows how far a push is: one line on a terminal that changes with each step.</summary>
internal sealed class PushProgressLine(ConsoleOutput output) : IProgress<PushProgress>, IDisposable
{
    private readonly Lock _lock = new();
    private ProgressLine? _line;
    private PushPhase? _phase;

    /// <inheritdoc/>
    public void Report(PushProgress value)
    {
        lock (_lock)
        {
            if (_phase != value.Phase)
            {
                _phase = value.Phase;
                _line?.Dispose();
                _line = output.Progress(Label(value.Phase));
            }

            if (value.Phase == PushPhase.Upload)
            {
                _line?.Bytes(value.Done, value.Total);
            }
            else if (value.Phase == PushPhase.Scan)
            {
                _line?.Status(Amounts.Bytes(value.Done));
            }
            else
            {
                _line?.Count(value.Done, value.Total);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _line?.Dispose();

    private static string Label(PushPhase phase) => phase switch
    {
        PushPhase.Scan => "reading",
        PushPhase.Check => "checking",
        PushPhase.Upload => "sending",
        _ => "adding",
    };
}
