namespace Dom.Roles.Hosting;

/// <summary>A role ends since an update replaced the program it runs in: the new one is to be started. Nothing is wrong.</summary>
public sealed class ProgramReplacedException() : Exception("an update replaced the program; the new one is to be started");
