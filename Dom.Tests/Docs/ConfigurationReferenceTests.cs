using System.Text;
using Dom.Cli.Configuration;
using Dom.Tests.Support;

namespace Dom.Tests.Docs;

/// <summary>docs/configuration.md names every key with its kind, default and meaning. <c>DOM_UPDATE_DOCS=1</c> writes the tables anew.</summary>
public sealed class ConfigurationReferenceTests
{
    private const string Begin = "<!-- keys: written by Dom.Tests/Docs/ConfigurationReferenceTests -->";

    [Test]
    public void The_reference_lists_exactly_the_keys_there_are()
    {
        var file = Repository.Combine("docs", "configuration.md");
        var text = File.ReadAllText(file);
        var introduction = text[..(text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        var expected = introduction + "\n" + Tables();
        if (Environment.GetEnvironmentVariable("DOM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.That(File.ReadAllText(file), Is.EqualTo(expected), "run this test with DOM_UPDATE_DOCS=1 and commit docs/configuration.md");
    }

    [Test]
    public void Every_key_has_a_description_that_is_a_sentence() =>
        Assert.That(
            from section in DomSchema.Sections
            from key in section.Keys
            where !key.Description.EndsWith('.') || !char.IsUpper(key.Description[0])
            select $"[{section.Name}] {key.Name}",
            Is.Empty);

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (var section in DomSchema.Sections)
        {
            text.Append($"\n## [{section.Heading}]\n\n{section.Description}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var key in section.Keys)
            {
                var value = key.IsList ? key.Expected + "; may be repeated" : key.Expected;
                text.Append($"| `{key.Name}` | {Cell(value)} | {Default(key.DefaultText)} | {Cell(key.Description)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Default(string text)
    {
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 1 } variable ? variable : "/root";
        text = text.StartsWith(home + "/", StringComparison.Ordinal) ? "~" + text[home.Length..] : text;
        return text.Length == 0 ? "" : $"`{Cell(text)}`";
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
