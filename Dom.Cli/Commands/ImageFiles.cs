using System.Globalization;
using Dom.Core.Linux;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>Reads the files and words that describe an image on the command line.</summary>
internal static class ImageFiles
{
    /// <summary>Reads a filter file.</summary>
    public static PathFilter ReadFilter(string file)
    {
        try
        {
            return PathFilter.Parse(File.ReadAllBytes(file));
        }
        catch (PathFilterException e)
        {
            throw new CommandException(ExitCode.Usage, "BadFilter", $"'{file}': {e.Message}");
        }
    }

    /// <summary>Reads a trigger file.</summary>
    public static TriggerSet ReadTriggers(string file)
    {
        try
        {
            return TriggerSet.Parse(File.ReadAllText(file));
        }
        catch (TriggerException e)
        {
            throw new CommandException(ExitCode.Usage, "BadTriggers", $"'{file}': {e.Message}");
        }
    }

    /// <summary>The text of a file, or the given text when there is no such file.</summary>
    public static string ReadNotes(string fileOrText) => File.Exists(fileOrText) ? File.ReadAllText(fileOrText).TrimEnd() : fileOrText;

    /// <summary>Reads words of the form <c>KEY=VALUE</c>.</summary>
    public static IReadOnlyDictionary<string, string> ParseTags(IEnumerable<string> words)
    {
        var tags = new Dictionary<string, string>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !tags.TryAdd(word[..equals], word[(equals + 1)..]))
            {
                throw new CommandException(ExitCode.Usage, "BadTag", $"--tag '{word}' is not KEY=VALUE, or its key comes twice");
            }
        }

        return tags;
    }

    /// <summary>Reads a length of time from now on, or a date.</summary>
    public static DateTimeOffset ParseExpiry(string text, DateTimeOffset now)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        try
        {
            var moment = text.Contains('-', StringComparison.Ordinal)
                ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, utc)
                : DateTimeOffset.FromUnixTimeMilliseconds((now + DurationText.Parse(text)).ToUnixTimeMilliseconds());
            return moment > now ? moment : throw new CommandException(ExitCode.Usage, "BadExpiry", $"--expires '{text}' lies in the past");
        }
        catch (FormatException e)
        {
            throw new CommandException(
                ExitCode.Usage, "BadExpiry", $"--expires '{text}' is no time: {e.Message}", "write 30d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z");
        }
    }

    /// <summary>Reads absolute paths, one a line; empty lines and those that begin with <c>#</c> do not count.</summary>
    public static IReadOnlyList<UnixPath> ReadPaths(string file)
    {
        var paths = new List<UnixPath>();
        foreach (var line in File.ReadLines(file))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            paths.Add(UnixPath.TryParse(line, out var path) && path.IsAbsolute
                ? path
                : throw new CommandException(ExitCode.Usage, "BadPath", $"'{file}': '{line}' is no absolute path"));
        }

        return paths;
    }
}
