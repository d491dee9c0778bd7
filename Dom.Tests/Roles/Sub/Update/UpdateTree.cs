using System.Buffers;
using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;

namespace Dom.Tests.Roles.Sub.Update;

/// <summary>A directory with a private directory in it, and plans for it that are written by hand: the engine is tested without scanner and comparison.</summary>
internal sealed class UpdateTree : IAsyncDisposable
{
    public const long NewTime = 1_700_000_000;

    private readonly List<UpdateEngine> _engines = [];
    private readonly List<PlanStep> _steps = [];
    private readonly List<UnixPath> _linkTargets = [];
    private readonly List<UnixPath> _otherNames = [];

    public UpdateTree(string path)
    {
        Path = path;
        Directory.CreateDirectory(System.IO.Path.Combine(path, ".subd"));
        Root = DirectoryHandle.Open(path);
        Private = Root.OpenDirectory(".subd"u8);
        Objects = FileObjectStore.Open(System.IO.Path.Combine(path, ".subd", "objects"), DateTimeOffset.UnixEpoch);
    }

    public string Path { get; }

    public DirectoryHandle Root { get; }

    public DirectoryHandle Private { get; }

    public FileObjectStore Objects { get; }

    public static ImageReference Image { get; } = new() { Name = "test/1", Manifest = ObjectId.Of("manifest"u8) };

    /// <summary>The image that what was replaced is kept for, as a new process reads it.</summary>
    public ImageReference? PreviousImage => new Dom.Roles.Sub.Images.ImageMark(Private, "previous-image"u8).Image;

    public string At(string path) => System.IO.Path.Join(Path, path);

    public void Write(string path, string content, int mode = 0b110_100_100)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(path)) ?? Path);
        File.WriteAllText(At(path), content);
        File.SetUnixFileMode(At(path), (UnixFileMode)mode);
    }

    public void SetAttribute(string directory, string name, string attribute)
    {
        using var handle = Root.OpenBelow(Encoding.UTF8.GetBytes(directory.TrimStart('/')));
        handle.SetAttribute(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(attribute), "x"u8);
    }

    public string Read(string path) => File.ReadAllText(At(path));

    /// <summary>What stands at the path, in one line.</summary>
    public string Describe(string path)
    {
        var relative = Encoding.UTF8.GetBytes(path.TrimStart('/'));
        if (Root.TryGetStatus(relative, out var status) != Errno.None)
        {
            return "nothing";
        }

        var mode = Convert.ToString(status.Permissions, 8);
        return status.Kind switch
        {
            FileKind.Regular => $"file {mode} {File.ReadAllText(At(path))}",
            FileKind.Symlink => $"link {Encoding.UTF8.GetString(Root.ReadLink(relative))}",
            FileKind.Directory => $"directory {mode}",
            _ => $"{status.Kind} {mode}",
        };
    }

    public UpdateEngine Engine(IServiceRunner? services = null)
    {
        var engine = new UpdateEngine(new UpdateSite(Root, Private, UnixPath.Of(Path)), Objects, services ?? new RecordingServices(), TimeProvider.System);
        _engines.Add(engine);
        return engine;
    }

    public UpdateOrder Order(TriggerActions? services = null) => new()
    {
        Plan = new Plan
        {
            Id = ObjectId.Of("plan"u8),
            Manifest = Image.Manifest,
            Steps = [.. _steps],
            LinkTargets = [.. _linkTargets],
            OtherNames = [.. _otherNames],
        },
        Image = Image,
        Services = services ?? TriggerActions.None,
    };

    public UpdateTree Clear()
    {
        _steps.Clear();
        _linkTargets.Clear();
        _otherNames.Clear();
        return this;
    }

    /// <summary>A step that brings a regular file over whatever is there.</summary>
    public UpdateTree File_(string path, string content, uint mode = 0x1a4) => Add(Exists(path) ? PlanStepKind.Replace : PlanStepKind.Create, path, Regular(content, mode));

    public UpdateTree Link_(string path, string target) => Add(Exists(path) ? PlanStepKind.Replace : PlanStepKind.Create, path, New(InodeKind.Symlink, 0x1ff) with { Target = Encoding.UTF8.GetBytes(target) });

    public UpdateTree Directory_(string path, uint mode = 0x1ed) => Add(PlanStepKind.MakeDirectory, path, New(InodeKind.Directory, mode));

    public UpdateTree Mode(string path, uint mode) => Add(PlanStepKind.ChangeMetadata, path, ReadOld(path) with { Mode = mode });

    /// <summary>Other metadata for a file, which may have further names.</summary>
    public UpdateTree Change(string path, Func<Inode, Inode> change, params string[] otherNames)
    {
        _otherNames.AddRange(otherNames.Select(UnixPath.Of));
        return Add(PlanStepKind.ChangeMetadata, path, change(ReadOld(path)));
    }

    public UpdateTree HardLink(string path, string target, string content)
    {
        _linkTargets.Add(UnixPath.Of(target));
        _steps.Add(new PlanStep(PlanStepKind.Link, UnixPath.Of(path), Entry(ReadOld(path)), Entry(Regular(content, 0x1a4)), _linkTargets.Count - 1));
        return this;
    }

    public UpdateTree Delete(string path) => Add(PlanStepKind.Delete, path, default);

    public UpdateTree RemoveDirectory(string path) => Add(PlanStepKind.RemoveDirectory, path, default);

    public Inode Regular(string content, uint mode)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        if (bytes.Length > 0)
        {
            Objects.AddAsync(ObjectId.Of(bytes), bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        return New(InodeKind.Regular, mode) with { Size = (ulong)bytes.Length, Content = ObjectId.Of(bytes) };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
        {
            await engine.DisposeAsync();
        }

        await Objects.DisposeAsync();
        Private.Dispose();
        Root.Dispose();
    }

    private bool Exists(string path) => ReadOld(path).Kind != InodeKind.None;

    private UpdateTree Add(PlanStepKind kind, string path, Inode wanted)
    {
        _steps.Add(new PlanStep(kind, UnixPath.Of(path), Entry(ReadOld(path)), Entry(wanted)));
        return this;
    }

    private static Inode New(InodeKind kind, uint mode) => new()
    {
        Kind = kind,
        Mode = mode,
        Uid = ProcessControl.EffectiveUser,
        Gid = ProcessControl.EffectiveGroup,
        MtimeSeconds = NewTime,
    };

    private Inode ReadOld(string path)
    {
        var relative = Encoding.UTF8.GetBytes(path.TrimStart('/'));
        if (Root.TryGetStatus(relative, out var status) != Errno.None)
        {
            return default;
        }

        var kind = status.Kind switch
        {
            FileKind.Regular => InodeKind.Regular,
            FileKind.Directory => InodeKind.Directory,
            FileKind.Symlink => InodeKind.Symlink,
            _ => InodeKind.Fifo,
        };
        return new Inode
        {
            Kind = kind,
            Mode = kind == InodeKind.Symlink ? 0x1ffu : status.Permissions,
            Uid = status.Owner,
            Gid = status.Group,
            MtimeSeconds = status.ModificationTime.Seconds,
            MtimeNanoseconds = (uint)status.ModificationTime.Nanoseconds,
            Size = kind == InodeKind.Regular ? (ulong)status.Size : 0,
            Content = kind == InodeKind.Regular ? ObjectId.Of(File.ReadAllBytes(At(path))) : default,
            Target = kind == InodeKind.Symlink ? Root.ReadLink(relative) : default,
        };
    }

    private static EntryRef Entry(Inode inode)
    {
        if (inode.Kind == InodeKind.None)
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        DirectoryBlock.WriteEntry(ref writer, "name"u8, inode);
        writer.Flush();
        return new EntryRef(Block.Of(buffer.WrittenSpan.ToArray()), 0);
    }
}
