namespace Dom.Core.Archives;

/// <summary>A piece of a sparse file that is stored in the archive; what lies between pieces is zero.</summary>
/// <param name="Position">Where it lies in the file.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct TarPiece(long Position, long Length);
