using System.IO.Compression;

namespace Dom.Core.Archives;

/// <summary>Opens archives whatever they are compressed with; the first bytes tell, never the name.</summary>
public static class ArchiveStream
{
    private const int MagicBytes = 6;

    /// <summary>The uncompressed bytes of an archive. Disposing them disposes the source.</summary>
    /// <param name="source">The archive from its beginning on; need not be seekable.</param>
    /// <param name="cancellationToken">Ends the reading of the first bytes.</param>
    /// <exception cref="ArchiveException">The compression is one that is not read, or what reads it is not installed.</exception>
    public static async Task<(Stream Content, ArchiveCompression Compression)> OpenAsync(Stream source, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicBytes];
        var count = await source.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(magic.AsMemory(0, count), source);
        var compression = Recognize(magic.AsSpan(0, count));
        Stream content = compression switch
        {
            ArchiveCompression.Gzip => new DecompressedStream(new GZipStream(whole, CompressionMode.Decompress), "gzip"),
            ArchiveCompression.Zstandard => new ZstandardStream(whole),
            ArchiveCompression.Xz => DecompressorStream.Start("xz", "xz-utils", ["--decompress", "--stdout", "--memlimit-decompress=1GiB"], whole),
            ArchiveCompression.Bzip2 => DecompressorStream.Start("bzip2", "bzip2", ["--decompress", "--stdout"], whole),
            _ => whole,
        };
        return (content, compression);
    }

    /// <summary>Tells the compression from the first bytes.</summary>
    /// <exception cref="ArchiveException">It is one that is not read.</exception>
    internal static ArchiveCompression Recognize(ReadOnlySpan<byte> magic) => magic switch
    {
        [0x1f, 0x8b, ..] => ArchiveCompression.Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..] => ArchiveCompression.Zstandard,
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => ArchiveCompression.Xz,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => ArchiveCompression.Bzip2,
        [0x04, 0x22, 0x4d, 0x18, ..] => throw Unread("lz4"),
        [(byte)'L', (byte)'Z', (byte)'I', (byte)'P', ..] => throw Unread("lzip"),
        [0x1f, 0x9d, ..] => throw Unread("compress"),
        [(byte)'P', (byte)'K', 3, 4, ..] => throw new ArchiveException("it is a zip archive, which holds too little about files; make a tar archive"),
        _ => ArchiveCompression.None,
    };

    private static ArchiveException Unread(string name) =>
        new($"the archive is compressed with {name}, which is not read; decompress it first and push from standard input with '-'");
}
