using System.Globalization;
using Dom.Core.Images;

namespace Dom.Cli.Commands;

/// <summary>Reads <c>USER:GROUP</c>, each a number or a name of this host.</summary>
internal static class ImageOwnerText
{
    /// <summary>Reads an owner, or throws what is wrong with it.</summary>
    public static ImageOwner Parse(string text)
    {
        var parts = text.Split(':');
        return parts is [{ Length: > 0 } user, { Length: > 0 } group]
            ? new ImageOwner(Find("/etc/passwd", user, "user"), Find("/etc/group", group, "group"))
            : throw new CommandException(ExitCode.Usage, "BadOwner", $"--owner '{text}' is not USER:GROUP", "write 1000:1000 or www-data:www-data");
    }

    private static uint Find(string file, string name, string kind)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        foreach (var line in File.ReadLines(file))
        {
            var fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        throw new CommandException(ExitCode.Usage, "BadOwner", $"there is no {kind} '{name}' in {file}", "write its number");
    }
}
