namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>The names in the directory, in no order: for directories of one's own, since all are held at once.</summary>
    /// <exception cref="LinuxException">It cannot be listed.</exception>
    public IReadOnlyList<byte[]> ListNames()
    {
        var names = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(this);
        Errno error;
        while (reader.MoveNext(out error))
        {
            names.Add(reader.Name.ToArray());
        }

        return error == Errno.None ? names : throw new LinuxException(error, "list", DescribePath());
    }
}
