namespace Dom.Roles.Pages;

/// <summary>A large figure on a page: a value such as <c>12</c>, what it counts, and the page that lists it.</summary>
public sealed record Figure(string Value, string Label, Tone Tone = Tone.Quiet, string? Address = null);
