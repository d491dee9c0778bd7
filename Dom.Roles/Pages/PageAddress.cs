namespace Dom.Roles.Pages;

/// <summary>Makes addresses of pages from names that may hold anything.</summary>
public static class PageAddress
{
    /// <summary>A prefix such as <c>/images/</c> and a name below it; slashes of the name stay, all else is encoded.</summary>
    public static string Of(string prefix, string name) => prefix + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    /// <summary>A path with one value in its query.</summary>
    public static string WithQuery(string path, string name, string value) => $"{path}?{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    /// <summary>A path with several values in its query; those that are empty are left out.</summary>
    public static string WithQuery(string path, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var address = new System.Text.StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in values)
        {
            if (value.Length > 0)
            {
                address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return address.ToString();
    }

    /// <summary>The query that was asked for, as a relative address, with one value replaced, or left out when it is null.</summary>
    public static string Replacing(PageRequest request, string name, string? value) => Replacing(request, [(name, value)]);

    /// <summary>The query that was asked for, as a relative address, with some values replaced, or left out when they are null.</summary>
    public static string Replacing(PageRequest request, IReadOnlyList<(string Name, string? Value)> changes)
    {
        var pairs = request.Query.Where(pair => pair.Value.Length > 0 && !changes.Any(c => c.Name == pair.Key))
            .Concat(changes.Where(static c => c.Value is not null).Select(static c => new KeyValuePair<string, string>(c.Name, c.Value ?? "")));
        return "?" + string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
    }
}
