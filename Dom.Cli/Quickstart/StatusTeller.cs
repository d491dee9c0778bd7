using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;

namespace Dom.Cli.Quickstart;

/// <summary>Says what a machine is waiting for when that takes long: once for each status.</summary>
internal sealed class StatusTeller(ConsoleOutput output, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string _status = "";
    private long _since = time.GetTimestamp();
    private bool _isTold;

    /// <summary>Takes what the master says now.</summary>
    public void See(SubInfo info)
    {
        var status = info.Detail.Length > 0 ? $"{info.Status}: {info.Detail}" : info.Status;
        if (status != _status)
        {
            (_status, _since, _isTold) = (status, time.GetTimestamp(), false);
        }
        else if (!_isTold && time.GetElapsedTime(_since) >= Patience)
        {
            _isTold = true;
            output.Note($"the machine is waiting for {Patience.TotalSeconds:0} s: {status}");
        }
    }
}
