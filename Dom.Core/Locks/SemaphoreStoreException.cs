namespace Dom.Core.Locks;

/// <summary>The store did not do what it was asked.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="fateUnknown">True when a change may have been made all the same: read before answering anybody.</param>
/// <param name="cause">What the store said.</param>
public sealed class SemaphoreStoreException(string message, bool fateUnknown, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True when a change may have been made all the same.</summary>
    public bool FateUnknown => fateUnknown;
}
