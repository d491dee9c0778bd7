using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Records;

namespace Dom.Roles.Master;

/// <summary>What is kept of machines: their history and their drift.</summary>
internal sealed partial class MasterEndpoints
{
    private const int RecordsPerPage = 500;
    private const int EntriesPerPage = 250;

    /// <summary>What happened to a machine, or to the whole fleet, the oldest first.</summary>
    /// <exception cref="RpcException">There is no such machine, and never was.</exception>
    public async Task<IEnumerable<HistoryRecord>> HistoryAsync(HistoryRequest request, CancellationToken cancellationToken)
    {
        if (request.Hostname.Length > 0 && HostName.FindFault(request.Hostname) is { } fault)
        {
            throw new RpcException(RpcStatus.InvalidArgument, fault);
        }

        var since = Since(request.Since, request.Last);
        var records = await master.History.ReadAsync(request.Hostname.Length > 0 ? request.Hostname : MachineHistory.Fleet, cancellationToken);
        if (request.Hostname.Length > 0 && master.Fleet.Find(request.Hostname) is null && !records.Any())
        {
            Require(request.Hostname);
        }

        return records.Where(r => r.Time >= since);
    }

    /// <summary>Deviations that were corrected: machine by machine, the oldest first.</summary>
    public IEnumerable<DriftEntry> Drift(DriftQuery query)
    {
        var since = Since(query.Since, query.Last);
        return MachineQuery.Of(query.Machines ?? new SubQuery()).Choose(master.Fleet)
            .SelectMany(m => master.Drift.Read(m.Hostname)).Where(e => e.Received >= since);
    }

    private void MapRecords(RpcRouter router)
    {
        router.MapServerStream(DominatorMethods.GetHistory, HistoryPagesAsync);
        router.MapServerStream(DominatorMethods.GetDrift, (query, _, _) => DriftPages(query).ToAsyncEnumerable());
    }

    private async IAsyncEnumerable<HistoryPage> HistoryPagesAsync(
        HistoryRequest request, RpcCall call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isEmpty = true;
        foreach (var records in (await HistoryAsync(request, cancellationToken)).Chunk(RecordsPerPage))
        {
            isEmpty = false;
            yield return new HistoryPage { Records = records };
        }

        if (isEmpty)
        {
            yield return new HistoryPage();
        }
    }

    private IEnumerable<DriftEntries> DriftPages(DriftQuery query) =>
        Drift(query).Chunk(EntriesPerPage).Select(e => new DriftEntries { Entries = e }).DefaultIfEmpty(new DriftEntries());

    private DateTimeOffset Since(DateTimeOffset? since, TimeSpan? last) => last is { } time ? master.Clock.GetUtcNow() - time : since ?? DateTimeOffset.MinValue;
}
