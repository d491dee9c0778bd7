using System.Text;
using Dom.Core.Linux;

namespace Dom.Core.Objects;

public sealed partial class FileObjectStore
{
    /// <summary>The objects that are durable, without order. One directory at a time is read, so a list of millions takes little memory.</summary>
    /// <exception cref="LinuxException">A directory cannot be read: what is in it would be missing from the list.</exception>
    public IEnumerable<StoredObject> List()
    {
        // A descriptor of its own: two lists at once would share the position of one.
        using var root = _root.OpenDirectory("."u8);
        foreach (var prefix in ReadNames(root))
        {
            if (prefix.Length != 2 || !char.IsAsciiHexDigit(prefix[0]) || !char.IsAsciiHexDigit(prefix[1]))
            {
                continue;
            }

            using var directory = root.OpenDirectory(Encoding.ASCII.GetBytes(prefix));
            foreach (var rest in ReadNames(directory))
            {
                // ENOENT: it was removed meanwhile.
                if (ObjectId.TryParse(prefix + rest, out var id) && directory.TryGetStatus(Encoding.ASCII.GetBytes(rest), out var status) == Errno.None)
                {
                    yield return new StoredObject(id, status.Size, status.ModificationTime.ToDateTimeOffset());
                }
            }
        }
    }

    private static List<string> ReadNames(DirectoryHandle directory)
    {
        var names = new List<string>();
        var reader = new DirectoryReader();
        reader.Begin(directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            names.Add(Encoding.Latin1.GetString(reader.Name));
        }

        return error == Errno.None ? names : throw new LinuxException(error, "list the objects in", directory.DescribePath());
    }
}
