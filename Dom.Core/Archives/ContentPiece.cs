namespace Dom.Core.Archives;

/// <summary>Where bytes of an object stand in a file.</summary>
/// <param name="Position">Where they lie in the object; what lies between pieces is zero.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Offset">Where they stand in the file.</param>
internal readonly record struct ContentPiece(long Position, long Length, long Offset);
