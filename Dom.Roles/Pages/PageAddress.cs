namespace Dom.Roles.Pages;

/// <summary>Makes addresses of pages from names that may hold anything.</summary>
public static class PageAddress
{
    /// <summary>A prefix such as <c>/images/</c> and a name below it; slashes of the name stay, all else is encoded.</summary>
    public static string Of(string prefix, string name) => prefix + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    /// <summary>A path with one value in its query.</summary>
    public static string WithQuery(string path, string name, string value) => $"{path}?{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    /// <summary>The query that was asked for, as a relative address, with one value replaced, or left out when it is null.</summary>
    public static string Replacing(PageRequest request, string name, string? value)
    {
        var pairs = request.Query.Where(pair => pair.Key != name && pair.Value.Length > 0);
        if (value is not null)
        {
            pairs = pairs.Append(new KeyValuePair<string, string>(name, value));
        }

        return "?" + string.Join('&', pairs.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
    }
}
