using Dom.Core.Linux;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>Makes, changes, moves and removes files of all kinds at random below a directory.</summary>
internal sealed class RandomDisk(string root, Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "d", "é", "with space", "z"];

    /// <summary>Does so many things and returns the paths that are no longer what they were, relative to the root.</summary>
    public HashSet<string> Change(int count)
    {
        var touched = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            ChangeOne(touched);
        }

        return touched;
    }

    private void ChangeOne(HashSet<string> touched)
    {
        var path = RandomPath();
        var full = root + path;
        switch (random.Next(9))
        {
            case 0 or 1 or 2:
                Clear(path, touched);
                File.WriteAllText(full, new string('x', random.Next(3)) + random.Next(100));
                break;
            case 3:
                Clear(path, touched);
                Directory.CreateDirectory(full);
                break;
            case 4:
                Clear(path, touched);
                File.CreateSymbolicLink(full, "target" + random.Next(5));
                break;
            case 5 when Exists(full) && new FileInfo(full).LinkTarget is null:
                File.SetUnixFileMode(full, (UnixFileMode)(0x1c0 | random.Next(64)));
                TouchNames(path, touched);
                break;
            case 6 when Exists(full):
                Clear(path, touched);
                break;
            case 7:
                var other = RandomPath();
                if (Exists(full) && !Exists(root + other) && !other.StartsWith(path + "/", StringComparison.Ordinal))
                {
                    TouchNames(path, touched);
                    Directory.Move(full, root + other);
                    touched.Add(path);
                    touched.Add(other);
                }

                break;
            case 8:
                Link(path, RandomPath(), touched);
                break;
            default:
                break;
        }

        touched.Add(path);
    }

    private void Link(string path, string other, HashSet<string> touched)
    {
        if (File.Exists(root + path) && !Exists(root + other))
        {
            using var handle = DirectoryHandle.Open(root);
            using var directory = handle.OpenBelow(Bytes(Parent(path)));
            using var target = handle.OpenBelow(Bytes(Parent(other)));
            directory.Link(Bytes(Path.GetFileName(path)), target, Bytes(Path.GetFileName(other)));
            TouchNames(path, touched);
            touched.Add(other);
        }
    }

    private void Clear(string path, HashSet<string> touched)
    {
        if (!Exists(root + path))
        {
            return;
        }

        TouchNames(path, touched);
        if (Directory.Exists(root + path) && new DirectoryInfo(root + path).LinkTarget is null)
        {
            foreach (var below in Directory.EnumerateFileSystemEntries(root + path, "*", SearchOption.AllDirectories))
            {
                TouchNames(below[root.Length..], touched);
            }

            Directory.Delete(root + path, recursive: true);
        }
        else
        {
            File.Delete(root + path);
        }
    }

    /// <summary>What happens to one name of a file happens to all of them.</summary>
    private void TouchNames(string path, HashSet<string> touched)
    {
        touched.Add(path);
        using var handle = DirectoryHandle.Open(root);
        using var directory = handle.OpenBelow(Bytes(Parent(path)));
        var status = directory.GetStatus(Bytes(Path.GetFileName(path)));
        if (status.Links < 2 || status.Kind == FileKind.Directory)
        {
            return;
        }

        foreach (var other in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories))
        {
            using var parent = handle.OpenBelow(Bytes(Parent(other[root.Length..])));
            if (parent.GetStatus(Bytes(Path.GetFileName(other))).Inode == status.Inode)
            {
                touched.Add(other[root.Length..]);
            }
        }
    }

    private string RandomPath()
    {
        var path = "";
        while (true)
        {
            var name = "/" + Names[random.Next(Names.Length)];
            var below = root + path + name;
            if (random.Next(3) == 0 || !Directory.Exists(below) || new DirectoryInfo(below).LinkTarget is not null)
            {
                return path + name;
            }

            path += name;
        }
    }

    private static bool Exists(string full) => new FileInfo(full) is { LinkTarget: not null } || File.Exists(full) || Directory.Exists(full);

    private static string Parent(string path) => path[..path.LastIndexOf('/')].TrimStart('/');

    private static byte[] Bytes(string text) => ScanFixture.Bytes(text);
}
