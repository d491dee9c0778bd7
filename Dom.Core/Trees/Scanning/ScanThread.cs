using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Runs something on a thread of its own, which background work needs: priorities are those of threads.</summary>
internal static class ScanThread
{
    private const int StackBytes = 16 << 20;
    private const int BackgroundNice = 15;

    /// <summary>Starts the thread.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="name">The name of the thread.</param>
    /// <param name="background">Nice value 15 and the idle I/O class, for it and the threads it starts.</param>
    /// <param name="cancellationToken">What the work ends by.</param>
    internal static Task<T> Run<T>(Func<T> work, string name, bool background, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(completion, work, background, cancellationToken), StackBytes) { IsBackground = true, Name = name };
        thread.Start();
        return completion.Task;
    }

    private static void Run<T>(TaskCompletionSource<T> completion, Func<T> work, bool background, CancellationToken cancellationToken)
    {
        try
        {
            if (background)
            {
                // Threads started from here inherit both. Where a container forbids it, scanning at another priority is better than not at all.
                _ = ProcessControl.TrySetThreadNice(BackgroundNice);
                _ = ProcessControl.TrySetThreadIoIdle();
            }

            completion.SetResult(work());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            completion.SetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }
}
