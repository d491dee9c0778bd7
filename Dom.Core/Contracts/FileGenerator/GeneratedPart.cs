using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.FileGenerator;

/// <summary>Part of one generated file. A file is complete when it has <see cref="Size"/> bytes; an empty one is one part without data.</summary>
[MessagePackObject]
public sealed partial record GeneratedPart
{
    /// <summary>Most bytes of data in one part.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The path, in each part.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>Bytes of the whole file.</summary>
    public long Size { get; init; }

    /// <summary>How long the content is valid; zero when it does not end by itself. It is asked for again then, and when the machine's data change.</summary>
    public TimeSpan ValidFor { get; init; }

    /// <summary>Why the file cannot be computed; empty when it can. Nothing else is said about it then.</summary>
    public string Fault { get; init; } = "";

    /// <summary>The bytes that come next.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
