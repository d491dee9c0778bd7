using Dom.Roles.Pages;

namespace Dom.Cli.Output;

/// <summary>Colours of a terminal, or none. A colour only repeats what a word says.</summary>
internal sealed class TerminalColors(bool enabled)
{
    /// <summary>Text in the colour of a status.</summary>
    public string Paint(Tone tone, string text) => tone switch
    {
        Tone.Good => Wrap("32", text),
        Tone.Busy => Wrap("34", text),
        Tone.Warning => Wrap("33", text),
        Tone.Bad => Wrap("31", text),
        _ => text,
    };

    /// <summary>Bold text.</summary>
    public string Bold(string text) => Wrap("1", text);

    private string Wrap(string code, string text) => enabled && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
