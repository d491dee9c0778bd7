using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Images;

/// <summary>A block or object that the server lacks.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Id">Its digest.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Offset">Where sending begins: what stands before it arrived in an upload that was cut off.</param>
/// <param name="Path">The file that holds it; not set for blocks.</param>
internal readonly record struct UploadItem(ObjectKind Kind, ObjectId Id, long Size, long Offset, UnixPath Path);
