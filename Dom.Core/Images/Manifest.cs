using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Core.Images;

/// <summary>
/// What an image is, beside its blocks and objects: the root of its tree, what of a machine it covers, which services depend on it, and where it comes from.
/// </summary>
/// <remarks>
/// Stored, sent and named by the SHA-256 of its canonical bytes. Fields unknown to this program are skipped while reading, so bytes that were received are
/// kept and passed on as they are, never encoded again.
/// </remarks>
[MessagePackObject]
public sealed partial record Manifest
{
    /// <summary>Version of the format that is written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Most bytes of an encoded manifest.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>Version of the format.</summary>
    public required int Format { get; init; }

    /// <summary>Digest of the tree's root block.</summary>
    public required ObjectId Root { get; init; }

    /// <summary>How much of a machine the image describes.</summary>
    public ImageMode Mode { get; init; }

    /// <summary>Lines of the filter: paths that are left alone. A full image without lines covers everything.</summary>
    public IReadOnlyList<string> Filter { get; init; } = [];

    /// <summary>Services to restart.</summary>
    public IReadOnlyList<Trigger> Triggers { get; init; } = [];

    /// <summary>A command that tells by its exit code whether a machine with this image is healthy; empty for none. A machine that is not goes back to the image before.</summary>
    public string HealthCommand { get; init; } = "";

    /// <summary>Paths whose content is computed for each machine.</summary>
    public IReadOnlyList<ComputedPath> ComputedPaths { get; init; } = [];

    /// <summary>Inodes in the tree, the root included; each name of a file with several names counts.</summary>
    public long Inodes { get; init; }

    /// <summary>Directories in the tree.</summary>
    public long Directories { get; init; }

    /// <summary>Regular files in the tree.</summary>
    public long Files { get; init; }

    /// <summary>Bytes of the regular files.</summary>
    public long Bytes { get; init; }

    /// <summary>When the server took it; set by the server.</summary>
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>User whose certificate pushed it; set by the server.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>On whose behalf it was made; set by the pusher.</summary>
    public string CreatedFor { get; init; } = "";

    /// <summary>What it was made from: a directory, another image, a repository and commit.</summary>
    public string Source { get; init; } = "";

    /// <summary>Notes for people.</summary>
    public string Notes { get; init; } = "";

    /// <summary>The log of its build, an object; none when it was pushed without one.</summary>
    public ObjectId BuildLog { get; init; }

    /// <summary>Bytes of the log.</summary>
    public long BuildLogBytes { get; init; }

    /// <summary>When the image may go; null for never.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Users beside the creator who may delete it.</summary>
    public IReadOnlyList<string> OwnerUsers { get; init; } = [];

    /// <summary>Groups that may delete it.</summary>
    public IReadOnlyList<string> OwnerGroups { get; init; } = [];

    /// <summary>Free words about the image.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The canonical bytes; their SHA-256 is the digest of the manifest.</summary>
    /// <exception cref="ManifestException">A rule is broken.</exception>
    public byte[] Encode()
    {
        var bytes = MessagePackSerializer.Serialize(this with { Tags = new SortedDictionary<string, string>(Tags.ToDictionary(), StringComparer.Ordinal) });
        ManifestRules.Check(this, bytes.Length);
        return bytes;
    }

    /// <summary>Reads a manifest and checks every rule: filter and triggers compile, nothing is beyond its limit.</summary>
    /// <exception cref="ManifestException">A rule is broken; the message names it, and the line of the filter.</exception>
    public static Manifest Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (bytes.Length > MaxBytes)
            {
                throw new ManifestException($"a manifest may have {MaxBytes} bytes; this one has {bytes.Length}");
            }

            var manifest = MessagePackSerializer.Deserialize<Manifest>(bytes, MessagePackLimits.CanonicalForm);
            ManifestRules.Check(manifest, bytes.Length);
            return manifest;
        }
        catch (MessagePackException e)
        {
            throw new ManifestException($"these {bytes.Length} bytes are no manifest: {e.Message}", e);
        }
    }

    /// <summary>Objects that belong to the image and lie in no directory of it. Machines do not need them.</summary>
    public IReadOnlyList<ObjectReference> Attachments => BuildLog.IsNone ? [] : [new ObjectReference(BuildLog, BuildLogBytes)];

    /// <summary>The filter, ready for matching.</summary>
    public PathFilter CompileFilter() => PathFilter.FromLines(Filter);

    /// <summary>The triggers, ready for matching.</summary>
    public TriggerSet CompileTriggers() => TriggerSet.Of(Triggers);

    /// <summary>The same image without what the server sets.</summary>
    public Manifest WithoutStamp() => this with { CreatedOn = default, CreatedBy = "" };
}
