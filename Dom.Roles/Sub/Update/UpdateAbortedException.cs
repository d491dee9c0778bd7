namespace Dom.Roles.Sub.Update;

/// <summary>Ends an update before anything in the tree was touched.</summary>
internal sealed class UpdateAbortedException(UpdateCode code, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public UpdateCode Code { get; } = code;
}
