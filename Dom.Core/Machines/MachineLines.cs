using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Dom.Core.Machines;

/// <summary>Reads machines from plain text, one a line: <c>host [required [planned [true]]]</c>, or the host alone.</summary>
/// <remarks>Empty lines, and what follows a <c>#</c> at the beginning of a word, do not count.</remarks>
public sealed class MachineLines
{
    private const int MaxLine = 4096;
    private const string Disabled = "true";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MachineCollector _machines;
    private readonly Func<string[], Machine> _parse;
    private long _line;

    private MachineLines(MachineListLimits limits, Func<string[], Machine> parse)
    {
        _machines = new MachineCollector(limits);
        _parse = parse;
    }

    /// <summary>Reads lines of host, required image, planned image, and <c>true</c> where updates are disabled; all but the host may be missing.</summary>
    /// <exception cref="MachineListException">A line is not of this form, or a limit is exceeded.</exception>
    public static Task<MachineList> ReadTextAsync(Stream stream, MachineListLimits limits, CancellationToken cancellationToken) =>
        new MachineLines(limits, ParseText).ReadAsync(stream, cancellationToken);

    /// <summary>Reads one host a line; all get the same images.</summary>
    /// <exception cref="MachineListException">A line is not of this form, or a limit is exceeded.</exception>
    public static Task<MachineList> ReadHostsAsync(
        Stream stream, string requiredImage, string plannedImage, MachineListLimits limits, CancellationToken cancellationToken) =>
        new MachineLines(limits, words => ParseHost(words, requiredImage, plannedImage)).ReadAsync(stream, cancellationToken);

    private static Machine ParseText(string[] words)
    {
        if (words.Length > 4)
        {
            throw new MachineListException($"there are {words.Length} words; a line is: host [required image [planned image [true|false]]]");
        }

        if (words.Length == 4 && words[3] is not (Disabled or "false"))
        {
            throw new MachineListException($"the fourth word says whether updates are disabled: true or false, not '{words[3]}'");
        }

        return new Machine
        {
            Hostname = words[0],
            RequiredImage = words.Length > 1 ? words[1] : "",
            PlannedImage = words.Length > 2 ? words[2] : "",
            DisableUpdates = words.Length > 3 && words[3] == Disabled,
        };
    }

    private static Machine ParseHost(string[] words, string requiredImage, string plannedImage) => words.Length == 1
        ? new Machine { Hostname = words[0], RequiredImage = requiredImage, PlannedImage = plannedImage }
        : throw new MachineListException($"there are {words.Length} words; a host list has one name a line (lines with images are of the driver text)");

    private async Task<MachineList> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            reader.AdvanceTo(TakeLines(result.Buffer, result.IsCompleted), result.Buffer.End);
            if (result.IsCompleted)
            {
                await reader.CompleteAsync();
                return _machines.ToList();
            }
        }
    }

    private SequencePosition TakeLines(ReadOnlySequence<byte> content, bool ended)
    {
        var reader = new SequenceReader<byte>(content);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            Take(line);
        }

        if (reader.Remaining > MaxLine)
        {
            throw new MachineListException($"a line has more than {MaxLine} bytes", _line + 1, 1);
        }

        if (ended && reader.Remaining > 0)
        {
            Take(reader.UnreadSequence);
            reader.AdvanceToEnd();
        }

        return reader.Position;
    }

    private void Take(ReadOnlySequence<byte> line)
    {
        _line++;
        if (line.Length > MaxLine)
        {
            throw new MachineListException($"a line has more than {MaxLine} bytes", _line, 1);
        }

        try
        {
            var words = Utf8.GetString(line).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var comment = Array.FindIndex(words, w => w[0] == '#');
            words = comment < 0 ? words : words[..comment];
            if (words.Length > 0)
            {
                _machines.Add(_parse(words), _line);
            }
        }
        catch (DecoderFallbackException fault)
        {
            throw new MachineListException("the line is not UTF-8 text", _line, 1, fault);
        }
        catch (MachineListException fault) when (fault.Line == 0)
        {
            throw new MachineListException(fault.Message, _line, 1, fault);
        }
    }
}
