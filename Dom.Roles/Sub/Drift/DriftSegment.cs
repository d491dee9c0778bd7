namespace Dom.Roles.Sub.Drift;

/// <summary>A file of the drift log.</summary>
/// <param name="First">Number of its first record, and its name.</param>
/// <param name="Count">Records in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksum">Checksum of all its records.</param>
internal readonly record struct DriftSegment(long First, int Count, long Bytes, uint Checksum)
{
    /// <summary>Number of the record that follows its last one.</summary>
    public long End => First + Count;
}
