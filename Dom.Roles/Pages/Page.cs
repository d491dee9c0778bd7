namespace Dom.Roles.Pages;

/// <summary>A page of a role: where it stands, who may see it, what makes it.</summary>
public sealed record Page(string Path, PageAccess Access, PageHandler Handler);
