using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub push-file --json</c> prints.</summary>
internal sealed record SubPushDocument(string Host, UnixPath Path, ObjectId Object, long Size, bool Replaced);
