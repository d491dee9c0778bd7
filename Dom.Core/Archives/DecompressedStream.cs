namespace Dom.Core.Archives;

/// <summary>A stream that decompresses, whose faults become faults of the archive.</summary>
internal sealed class DecompressedStream(Stream content, string name) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private ArchiveException Damaged(Exception fault) => new($"the archive cannot be decompressed with {name}: {fault.Message}", fault);
}
