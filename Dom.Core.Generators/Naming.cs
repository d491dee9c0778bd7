using System.Text;

namespace Dom.Core.Generators;

/// <summary>Names on the wire.</summary>
internal static class Naming
{
    /// <summary>camelCase by the rule of System.Text.Json, so that a property has one name in both forms: a leading acronym is lowered as a whole.</summary>
    public static string CamelCase(string name)
    {
        var text = new StringBuilder(name);
        for (var i = 0; i < text.Length && char.IsUpper(text[i]); i++)
        {
            if (i > 0 && i + 1 < text.Length && !char.IsUpper(text[i + 1]))
            {
                break;
            }

            text[i] = char.ToLowerInvariant(text[i]);
        }

        return text.ToString();
    }
}
