using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Small files of the private directory that are replaced as a whole and survive a power failure.</summary>
internal static class DurableFile
{
    private const uint Mode = 0x180; // 0600

    /// <summary>Replaces a file; the old or the new content is there at any time, the new one for good when this returns.</summary>
    public static void Write(DirectoryHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        Span<byte> temporary = stackalloc byte[name.Length + 1];
        name.CopyTo(temporary);
        temporary[^1] = (byte)'~';
        directory.UnlinkIfExists(temporary);
        using (var file = directory.CreateFile(temporary, Mode))
        {
            file.Write(content);
            file.Sync();
        }

        directory.Rename(temporary, directory, name);
        directory.Sync();
    }

    /// <summary>Reads a file; null when there is none.</summary>
    public static byte[]? Read(DirectoryHandle directory, ReadOnlySpan<byte> name, int maxBytes)
    {
        var error = directory.TryOpenFile(name, out var file);
        if (error == Errno.ENOENT)
        {
            return null;
        }

        using (file ?? directory.OpenFile(name))
        {
            var size = file!.GetStatus().Size;
            if (size > maxBytes)
            {
                throw new InvalidDataException($"'{directory.DescribePath()}/{NameText.Escape(name)}' has {size} bytes, at most {maxBytes} are expected");
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
