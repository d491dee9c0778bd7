namespace Dom.Core.Images.Sources;

/// <summary>Another image of the same server: nothing but directories that differ has to be sent.</summary>
/// <param name="image">The image with its tree.</param>
public sealed class ImageCopySource(DownloadedImage image) : PushSource
{
    /// <inheritdoc/>
    public override string Description => $"image {image.Info.Name}";

    internal override Task<SourceTree> ReadAsync(PushContext context, bool changed, CancellationToken cancellationToken) =>
        Task.FromResult(new SourceTree(context.Lay(image.Tree, cancellationToken), [], () => new Nothing(image.Info.Name)));

    private protected override ValueTask DisposeCoreAsync() => ValueTask.CompletedTask;

    private sealed class Nothing(string name) : ContentReader
    {
        public override void Open(in UploadItem item) => throw new IOException(
            $"the image server has lost the content of '{item.Path}' of the image {name}; push {name} again from where it came");

        public override void Fill(long offset, Span<byte> buffer) => throw new InvalidOperationException("no object is open");

        public override void Dispose()
        {
        }
    }
}
