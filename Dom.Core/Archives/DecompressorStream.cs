using System.ComponentModel;
using System.Diagnostics;

namespace Dom.Core.Archives;

/// <summary>The uncompressed bytes of an archive that a program of the system decompresses.</summary>
internal sealed class DecompressorStream : ForwardStream
{
    private const int MaxMessage = 500;
    private const int BufferSize = 128 * 1024;

    private readonly Process _process;
    private readonly Stream _source;
    private readonly string _program;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _feeding;
    private readonly Task<string> _messages;
    private bool _isChecked;

    private DecompressorStream(Process process, Stream source, string program)
    {
        _process = process;
        _source = source;
        _program = program;
        _feeding = FeedAsync();
        _messages = process.StandardError.ReadToEndAsync(_ending.Token);
    }

    /// <summary>Starts the program.</summary>
    /// <exception cref="ArchiveException">It is not installed.</exception>
    internal static DecompressorStream Start(string program, string package, IEnumerable<string> arguments, Stream source)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        try
        {
            return new DecompressorStream(Process.Start(start) ?? throw new Win32Exception($"{program} did not start"), source, program);
        }
        catch (Win32Exception e)
        {
            throw new ArchiveException($"the archive is compressed with {program}, and this program cannot be started ({e.Message}); install the package {package}", e);
        }
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("an archive is read asynchronously");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken);
        if (count == 0 && buffer.Length > 0 && !_isChecked)
        {
            // A source that could not be read comes first: the program then complains only of what it got.
            await _feeding;
            await _process.WaitForExitAsync(cancellationToken);
            var message = (await _messages).Trim();
            if (_process.ExitCode != 0)
            {
                message = message.Length == 0 ? $"it ended with code {_process.ExitCode}" : message[..Math.Min(message.Length, MaxMessage)];
                throw new ArchiveException($"the archive cannot be decompressed with {_program}: {message}");
            }

            _isChecked = true;
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ending.Cancel();
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
            _source.Dispose();
            _ending.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task FeedAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        await using var input = _process.StandardInput.BaseStream;
        try
        {
            for (int count; (count = await _source.ReadAsync(buffer, _ending.Token)) > 0;)
            {
                if (!await TryWriteAsync(input, buffer.AsMemory(0, count)))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (_ending.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody reads on.
        }
    }

    /// <summary>False when the program reads no more; its exit code says why.</summary>
    private async Task<bool> TryWriteAsync(Stream input, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await input.WriteAsync(bytes, _ending.Token);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
