namespace Dom.Core.Trees.Triggers;

/// <summary>The names under which one service is known: its unit and the aliases of that, separated by spaces, the unit first.</summary>
public static class ServiceNames
{
    private const string Suffix = ".service";

    /// <summary>True when a service is the one of these names, written with or without <c>.service</c>.</summary>
    public static bool Contain(string names, string service) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(name => WithoutSuffix(name).SequenceEqual(WithoutSuffix(service)));

    /// <summary>The name by which it is started and stopped; empty when there is none.</summary>
    public static string First(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("");

    private static ReadOnlySpan<char> WithoutSuffix(string service) =>
        service.EndsWith(Suffix, StringComparison.Ordinal) ? service.AsSpan(0, service.Length - Suffix.Length) : service;
}
