namespace Dom.Roles.Pages;

/// <summary>An entry of the menu on each page of a role.</summary>
public sealed record PageLink(string Address, string Text);
