using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>One message of <c>Subd.PushFile</c>: the first says what comes, all carry bytes in order.</summary>
[MessagePackObject]
public sealed partial record PushFileChunk
{
    /// <summary>Most bytes of a file.</summary>
    public const long MaxFileBytes = 1L << 30;

    /// <summary>Most bytes of <see cref="Data"/>.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most characters of <see cref="Reason"/>.</summary>
    public const int MaxReason = 1024;

    /// <summary>In the first message: the absolute path; its directory must be there.</summary>
    public UnixPath Path { get; init; }

    /// <summary>In the first message: bytes of the file.</summary>
    public long Size { get; init; }

    /// <summary>In the first message: the SHA-256 of the file, which is compared before anything takes its place; none for an empty file.</summary>
    public ObjectId Content { get; init; }

    /// <summary>In the first message: permission bits, without set-id and sticky; null for those of the file that is replaced, else 0644.</summary>
    public uint? Mode { get; init; }

    /// <summary>In the first message: the owner; null for that of the file that is replaced, else the sub's own.</summary>
    public uint? Uid { get; init; }

    /// <summary>In the first message: the group; null for that of the file that is replaced, else the sub's own.</summary>
    public uint? Gid { get; init; }

    /// <summary>In the first message: why; must be given, audited by the sub.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Part of the file, in order.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
