using System.CommandLine;
using System.Globalization;
using Dom.Core.Linux;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>Reads the files and words that describe an image on the command line.</summary>
internal static class ImageFiles
{
    /// <summary>Reads a filter file. Lines that can match no path are told: whoever left out the slash has what he wanted to protect managed.</summary>
    public static PathFilter ReadFilter(CommandRun run, string file)
    {
        try
        {
            var filter = PathFilter.Parse(File.ReadAllBytes(file));
            foreach (var (number, line) in filter.UselessLines)
            {
                run.Output.Note($"'{file}', line {number}: '{line}' can match no path, since paths begin with a slash; it protects nothing");
            }

            return filter;
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

    /// <summary>Reads the log of a build.</summary>
    public static byte[] ReadBuildLog(string file)
    {
        const long max = 256L << 20;
        return new FileInfo(file).Length <= max
            ? File.ReadAllBytes(file)
            : throw new CommandException(ExitCode.Usage, "TooLarge", $"'{file}' has more than {max >> 20} MiB", "push the part of it that matters, or compress it");
    }

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

    /// <summary>Reads absolute paths of a file, one a line; empty lines and those that begin with <c>#</c> do not count.</summary>
    public static IReadOnlyList<UnixPath> ReadPaths(string file) =>
        [.. File.ReadLines(file).Where(static l => l.Length > 0 && l[0] != '#').Select(ParsePath)];

    /// <summary>Reads a list of computed files; as JSON when its name says so.</summary>
    public static IReadOnlyList<Core.Images.ComputedPath> ReadComputedFiles(string file)
    {
        try
        {
            return Core.Images.ComputedFileList.Parse(File.ReadAllBytes(file), file.EndsWith(".json", StringComparison.Ordinal));
        }
        catch (FormatException e)
        {
            throw new CommandException(ExitCode.Usage, "BadComputedFiles", $"'{file}': {e.Message}", "write a line 'PATH HOST:PORT' for each file");
        }
    }

    /// <summary>The argument for absolute paths.</summary>
    public static Argument<string[]> PathsArgument() =>
        new("paths") { Description = "Absolute paths; '-' reads them from standard input, one a line.", HelpName = "PATH", Arity = ArgumentArity.OneOrMore };

    /// <summary>Reads absolute paths of the command line.</summary>
    public static IEnumerable<UnixPath> ReadPathArguments(string[] paths)
    {
        foreach (var path in paths)
        {
            if (path != "-")
            {
                yield return ParsePath(path);
                continue;
            }

            while (Console.In.ReadLine() is { } line)
            {
                if (line.Length > 0)
                {
                    yield return ParsePath(line);
                }
            }
        }
    }

    /// <summary>Reads an absolute path; bytes that are no text are written as <c>\xNN</c>.</summary>
    public static UnixPath ParsePath(string text) => UnixPath.TryParse(text, out var path) && path.IsAbsolute
        ? path
        : throw new CommandException(ExitCode.Usage, "BadPath", $"'{text}' is no absolute path", "write /etc/hosts; a backslash is written twice");

    /// <summary>What a trigger does.</summary>
    public static string ActionOf(Trigger trigger) => trigger.DoReboot ? "reboot" : trigger.DoReload ? "reload" : "restart";
}
