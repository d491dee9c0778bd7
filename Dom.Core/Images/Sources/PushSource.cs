namespace Dom.Core.Images.Sources;

/// <summary>What an image is made from: a directory, an archive, another image, a machine. Good for one push, which disposes it.</summary>
public abstract class PushSource : IAsyncDisposable
{
    /// <summary>What it is, for messages.</summary>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisposeCoreAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads the tree, without what the filter matches and on top of the base when there is one.</summary>
    /// <param name="context">The push.</param>
    /// <param name="changed">True when contents were found not to be what an earlier call said: everything is to be looked at again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PushException">It cannot be read a second time.</exception>
    internal abstract Task<SourceTree> ReadAsync(PushContext context, bool changed, CancellationToken cancellationToken);

    /// <summary>Closes what is open.</summary>
    private protected abstract ValueTask DisposeCoreAsync();
}
