using System.Text;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Splits a line into words at blanks; double quotes keep blanks together, <c>\"</c> and <c>\\</c> stand for themselves inside.</summary>
internal static class SourceWords
{
    /// <summary>The words.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        var begun = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"')
            {
                quoted = !quoted;
                begun = true;
            }
            else if (quoted && c == '\\' && i + 1 < line.Length && (line[i + 1] is '"' or '\\'))
            {
                word.Append(line[++i]);
            }
            else if (!quoted && char.IsWhiteSpace(c))
            {
                End();
            }
            else
            {
                word.Append(c);
                begun = true;
            }
        }

        if (quoted)
        {
            throw new FormatException("a double quote is not closed");
        }

        End();
        return words;

        void End()
        {
            if (begun)
            {
                words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
        }
    }
}
