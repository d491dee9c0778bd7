using System.Runtime.ExceptionServices;

namespace Dom.Core.Images;

/// <summary>Runs the same work several times at once. The first failure ends the others and is the one that is thrown.</summary>
internal static class ParallelStreams
{
    internal static async Task RunAsync(int count, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? first = null;
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(RunOneAsync, CancellationToken.None)));
        cancellationToken.ThrowIfCancellationRequested();
        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        async Task RunOneAsync()
        {
            try
            {
                await work(failed.Token);
            }
            catch (Exception e)
            {
                // Kept and thrown above; those that end because of it add nothing.
                Interlocked.CompareExchange(ref first, e, null);
                await failed.CancelAsync();
            }
        }
    }
}
