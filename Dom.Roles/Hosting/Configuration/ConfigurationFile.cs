using System.Text;

namespace Dom.Roles.Hosting.Configuration;

/// <summary>Reads files in systemd's notation: sections in brackets, <c>Key=Value</c>, comments with # or ;, a line ended by \ goes on in the next.</summary>
internal static class ConfigurationFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file and the <c>*.conf</c> files of the directory <c>FILE.d</c>, in the order of their names.</summary>
    public static void ReadWithDropIns(string path, bool mustExist, List<Assignment> assignments, List<ConfigurationFault> faults)
    {
        if (mustExist || File.Exists(path))
        {
            Read(path, assignments, faults);
        }

        var dropIns = path + ".d";
        if (!Directory.Exists(dropIns))
        {
            return;
        }

        try
        {
            var files = Directory.GetFiles(dropIns, "*.conf");
            Array.Sort(files, StringComparer.Ordinal);
            foreach (var file in files)
            {
                Read(file, assignments, faults);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault(dropIns, $"cannot be listed: {e.Message}"));
        }
    }

    private static void Read(string path, List<Assignment> assignments, List<ConfigurationFault> faults)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
            {
                faults.Add(new ConfigurationFault(path, $"is larger than {MaxBytes} bytes, which no configuration is"));
                return;
            }

            using var reader = new StreamReader(file, Utf8);
            Parse(path, reader.ReadToEnd(), assignments, faults);
        }
        catch (DecoderFallbackException)
        {
            faults.Add(new ConfigurationFault(path, "is not UTF-8 text"));
        }
        catch (FileNotFoundException)
        {
            faults.Add(new ConfigurationFault(path, "does not exist"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault(path, $"cannot be read: {e.Message}"));
        }
    }

    internal static void Parse(string name, string text, List<Assignment> assignments, List<ConfigurationFault> faults)
    {
        string? section = null;
        var number = 0;
        var first = 0;
        var pending = "";
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (pending.Length == 0)
            {
                first = number;
            }

            if (line.StartsWith('#') || line.StartsWith(';') || (line.Length == 0 && pending.Length == 0))
            {
                continue;
            }

            line = pending + line;
            pending = "";
            if (line.EndsWith('\\'))
            {
                pending = line[..^1].TrimEnd() + " ";
                continue;
            }

            var origin = $"{name}:{first}";
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                section = line[1..^1].Trim();
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                faults.Add(new ConfigurationFault(origin, $"'{line}' is neither [Section] nor Key=Value"));
            }
            else if (section is null)
            {
                faults.Add(new ConfigurationFault(origin, $"'{line[..equals].TrimEnd()}' stands before the first [Section]"));
            }
            else
            {
                assignments.Add(new Assignment(section, line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart(), origin));
            }
        }

        if (pending.Length > 0)
        {
            faults.Add(new ConfigurationFault($"{name}:{first}", "the last line ends with a backslash, but no line follows"));
        }
    }
}
