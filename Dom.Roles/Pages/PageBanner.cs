namespace Dom.Roles.Pages;

/// <summary>A red line above a page: what is stopped and why, and the page that tells more.</summary>
public sealed record PageBanner(string Text, string? Address = null);
