using System.Diagnostics.CodeAnalysis;
using System.Text;
using Dom.Core.Archives;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Archives;

/// <summary>Makes archives that no honest program makes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Closed when the archive is finished.")]
internal sealed class TarMaker
{
    private readonly MemoryStream _bytes = new();
    private readonly TarWriter _writer;

    public TarMaker() => _writer = new TarWriter(_bytes);

    public static Inode File(string content) => new() { Kind = InodeKind.Regular, Mode = 0x1a4, Size = (ulong)content.Length };

    public static Inode Directory { get; } = new() { Kind = InodeKind.Directory, Mode = 0x1ed };

    public static Inode Symlink(string target) => new() { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = Encoding.UTF8.GetBytes(target) };

    public async Task<TarMaker> AddAsync(string name, Inode inode, string link = "", string content = "")
    {
        await _writer.WriteHeaderAsync(UnixPath.Of(name), inode, UnixPath.Of(link), default);
        if (link.Length == 0)
        {
            await _writer.WriteContentAsync(Encoding.Latin1.GetBytes(content), default);
        }

        return this;
    }

    public Task<TarMaker> AddFileAsync(string name, string content = "content") => AddAsync(name, File(content), "", content);

    public Task<TarMaker> AddDirectoryAsync(string name) => AddAsync(name, Directory);

    public Task<TarMaker> AddSymlinkAsync(string name, string target) => AddAsync(name, Symlink(target));

    public Task<TarMaker> AddLinkAsync(string name, string target) => AddAsync(name, File(""), target);

    /// <summary>Adds an extended header with these records.</summary>
    public async Task<TarMaker> AddRecordsAsync(char type, params (string Key, byte[] Value)[] records)
    {
        using var text = new MemoryStream();
        foreach (var (key, value) in records)
        {
            var rest = key.Length + value.Length + 3;
            var length = Enumerable.Range(rest, 10).First(l => rest + $"{l}".Length == l);
            text.Write([.. Encoding.UTF8.GetBytes($"{length} {key}="), .. value, (byte)'\n']);
        }

        var begin = (_bytes.Length + 511) / 512 * 512;
        await AddAsync("header", new Inode { Kind = InodeKind.Regular, Size = (ulong)text.Length }, "", Encoding.Latin1.GetString(text.ToArray()));
        var block = Patch(_bytes.ToArray(), (int)(begin / 512), header => header[156] = (byte)type);
        _bytes.Position = 0;
        _bytes.Write(block);
        return this;
    }

    public async Task<byte[]> FinishAsync()
    {
        await using (_bytes)
        {
            await _writer.FinishAsync(default);
        }

        return _bytes.ToArray();
    }

    /// <summary>Changes a header block and sets its checksum right.</summary>
    public static byte[] Patch(byte[] archive, int block, Action<byte[]> change)
    {
        var header = archive.AsSpan(block * 512, 512).ToArray();
        change(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        var result = archive.ToArray();
        header.CopyTo(result, block * 512);
        return result;
    }
}
