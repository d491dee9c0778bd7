namespace Dom.Core.Systemd;

/// <summary>Signs of life of one loop: it says when a turn begins, when a step of a long turn is done, and how long it is going to be silent.</summary>
/// <remarks>May be called from many threads, thousands of times a second.</remarks>
public sealed class LoopProgress(string name, TimeProvider time)
{
    private long _beats;
    private long _restEnds;

    /// <summary>Role and loop, such as <c>sub.look</c>; also the name of its <see cref="StallPoint"/>.</summary>
    public string Name => name;

    /// <summary>Grows with every sign of life.</summary>
    public long Beats => Interlocked.Read(ref _beats);

    /// <summary>True while the silence that was announced lasts.</summary>
    public bool Rests => time.GetTimestamp() < Interlocked.Read(ref _restEnds);

    /// <summary>A turn begins: the loop is expected to give signs of life from now on.</summary>
    public async Task ResumeAsync()
    {
        await StallPoint.PassAsync(name);
        Interlocked.Exchange(ref _restEnds, 0);
        Beat();
    }

    /// <summary>A step is done.</summary>
    public void Beat() => Interlocked.Increment(ref _beats);

    /// <summary>The loop waits, and is silent for at most this long.</summary>
    /// <param name="longest">How long; <see cref="Timeout.InfiniteTimeSpan"/> when it waits for something that may never happen.</param>
    public void Rest(TimeSpan longest)
    {
        Beat();
        Interlocked.Exchange(ref _restEnds, longest == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : time.GetTimestamp() + (long)(longest.TotalSeconds * time.TimestampFrequency));
    }
}
