using System.Text;
using Dom.Cli.Configuration;

namespace Dom.Cli.Packaging;

/// <summary>The configuration file that the package installs: every key with its meaning and its default, all of it commented out.</summary>
internal static class CommentedConfiguration
{
    /// <summary>The text of <c>/etc/dom/dom.conf</c>.</summary>
    public static string Text()
    {
        var text = new StringBuilder("""
            # Configuration of dom; dom.conf(5) explains the form. Every key stands here with its default, commented out.
            # What is set in /etc/dom/dom.conf.d/*.conf comes later and wins. `dom config check` finds mistakes.

            """);
        foreach (var section in DomSchema.Sections)
        {
            text.Append($"\n# {section.Description}\n[{section.Heading}]\n");
            foreach (var key in section.Keys)
            {
                text.Append($"\n# {key.Description}\n# {char.ToUpperInvariant(key.Expected[0])}{key.Expected[1..]}{(key.IsList ? "; may be repeated" : "")}.\n");
                foreach (var value in key.IsList && key.DefaultText.Length > 0 ? key.DefaultText.Split(' ') : [key.DefaultText])
                {
                    text.Append($"#{key.Name}={HomePath.Shorten(value)}\n");
                }
            }
        }

        return text.ToString();
    }
}
