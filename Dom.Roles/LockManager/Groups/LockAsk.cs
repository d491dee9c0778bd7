namespace Dom.Roles.LockManager.Groups;

/// <summary>Somebody asks for a slot.</summary>
/// <param name="Id">The name under which it is to be held.</param>
/// <param name="User">Who asks.</param>
/// <param name="Address">From where.</param>
/// <param name="Reason">What for.</param>
/// <param name="BootId">The boot id of the machine; empty when it did not say.</param>
/// <param name="Expected">How long it will hold it; null when it did not say.</param>
/// <param name="Strict">Holding one already is an error.</param>
internal sealed record LockAsk(string Id, string User, string Address = "", string Reason = "", string BootId = "", TimeSpan? Expected = null, bool Strict = false);
