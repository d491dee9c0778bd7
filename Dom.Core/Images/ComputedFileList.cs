using System.Text;
using System.Text.Json;
using Dom.Core.Linux;

namespace Dom.Core.Images;

/// <summary>Dominator's list of computed files: lines <c>PATH SOURCE</c>, or a JSON array of objects with Filename and Source.</summary>
public static class ComputedFileList
{
    private const int MaxEntries = 10_000;
    private const int MaxSource = 255;

    /// <summary>Reads a list.</summary>
    /// <param name="text">The file's content, UTF-8.</param>
    /// <param name="isJson">True for the JSON form; upstream goes by the file's name.</param>
    /// <exception cref="FormatException">It is no such list; the message names the line or entry.</exception>
    public static IReadOnlyList<ComputedPath> Parse(ReadOnlyMemory<byte> text, bool isJson)
    {
        var list = new List<ComputedPath>();
        var seen = new HashSet<UnixPath>();
        foreach (var (where, path, source) in isJson ? ReadJson(text) : ReadLines(text))
        {
            if (!path.StartsWith('/') || path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal) || path.Split('/')[1..].Any(static name => name is "" or "." or ".."))
            {
                throw new FormatException($"{where}: '{path}' is not the absolute path of a file");
            }

            RequireSource(where, source);
            var entry = new ComputedPath { Path = UnixPath.Of(path), Source = source };
            if (!seen.Add(entry.Path))
            {
                throw new FormatException($"{where}: '{path}' is named twice");
            }

            list.Add(entry);
            if (list.Count > MaxEntries)
            {
                throw new FormatException($"{where}: at most {MaxEntries} files of an image can be computed");
            }
        }

        return list;
    }

    private static void RequireSource(string where, string source)
    {
        try
        {
            _ = source.Length <= MaxSource ? Rpc.RpcEndpoint.Parse(source, 1) : throw new FormatException("it is too long");
        }
        catch (FormatException e)
        {
            throw new FormatException($"{where}: '{source}' is not the address (host:port) of a file generator: {e.Message}", e);
        }
    }

    private static IEnumerable<(string Where, string Path, string Source)> ReadLines(ReadOnlyMemory<byte> text)
    {
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(text.Span).Split('\n'))
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.Length == 0 || trimmed[0] == '#')
            {
                continue;
            }

            var words = trimmed.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            yield return words.Length == 2
                ? ($"line {number}", words[0], words[1])
                : throw new FormatException($"line {number}: '{trimmed}' is not a path and the address of its generator");
        }
    }

    private static List<(string Where, string Path, string Source)> ReadJson(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(static (entry, i) => ($"entry {i + 1}", Text(entry, "Filename", i), Text(entry, "Source", i)))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"it is not a JSON array of objects with Filename and Source: {e.Message}", e);
        }
    }

    private static string Text(JsonElement entry, string name, int index) =>
        entry.TryGetProperty(name, out var value) && value.GetString() is { } text ? text : throw new FormatException($"entry {index + 1} has no {name}");
}
