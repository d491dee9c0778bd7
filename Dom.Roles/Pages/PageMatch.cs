namespace Dom.Roles.Pages;

/// <summary>The page a path leads to, and what stood in place of its <c>*</c>.</summary>
public readonly record struct PageMatch(Page Page, string Rest);
