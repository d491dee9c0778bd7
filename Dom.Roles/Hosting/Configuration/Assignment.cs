namespace Dom.Roles.Hosting.Configuration;

/// <summary>One <c>Key=Value</c> as it was given, and where: <c>/etc/dom/dom.conf:12</c>, an environment variable, a flag.</summary>
public sealed record Assignment(string Section, string Key, string Value, string Origin);
