namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    private const uint PrivateFile = 0x180; // 0600

    /// <summary>
    /// Replaces a small file as a whole: the old or the new content is there at any time, whatever happens, and the new one for good
    /// when this returns. It is written beside it under the name with <c>~</c> behind; a crash can leave that one.
    /// </summary>
    /// <exception cref="IOException">It could not be written; the old file stands.</exception>
    public void ReplaceFile(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> temporary = stackalloc byte[name.Length + 1];
        name.CopyTo(temporary);
        temporary[^1] = (byte)'~';
        UnlinkIfExists(temporary);
        try
        {
            using (var file = CreateFile(temporary, PrivateFile))
            {
                file.Write(content);
                file.Sync();
            }

            Rename(temporary, this, name);
        }
        catch (IOException)
        {
            // A disk that is full needs the space back.
            UnlinkIfExists(temporary);
            throw;
        }

        Sync();
    }

    /// <summary>Reads a small file; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It has more than <paramref name="maxBytes"/> bytes.</exception>
    public byte[]? ReadFileIfExists(ReadOnlySpan<byte> name, int maxBytes)
    {
        var error = TryOpenFile(name, out var file);
        if (error == Errno.ENOENT)
        {
            return null;
        }

        using (file)
        {
            if (file is null)
            {
                throw Failure(error, "open", name);
            }

            var size = file.GetStatus().Size;
            if (size > maxBytes)
            {
                throw new InvalidDataException($"'{DescribePath()}/{NameText.Escape(name)}' has {size} bytes, at most {maxBytes} are expected");
            }

            var content = new byte[size];
            var filled = 0;
            while (filled < content.Length && file.Read(content.AsSpan(filled)) is var count and > 0)
            {
                filled += count;
            }

            return content[..filled];
        }
    }
}
