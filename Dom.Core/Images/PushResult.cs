using Dom.Core.Contracts.ImageServer;

namespace Dom.Core.Images;

/// <summary>What a push did.</summary>
public sealed record PushResult
{
    /// <summary>The image as the server has it.</summary>
    public required ImageInfo Image { get; init; }

    /// <summary>The manifest that was sent, without creator and time.</summary>
    public required Manifest Manifest { get; init; }

    /// <summary>Blocks and objects sent.</summary>
    public required long ObjectsSent { get; init; }

    /// <summary>Bytes of them.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes of blocks and objects that the server had already.</summary>
    public required long BytesSaved { get; init; }

    /// <summary>What could not become part of the image.</summary>
    public required IReadOnlyList<LeftOut> LeftOut { get; init; }
}
