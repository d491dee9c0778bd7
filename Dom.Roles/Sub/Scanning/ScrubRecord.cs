using System.Globalization;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Scanning;

/// <summary>When all contents were last read from the disk, kept over restarts: a process that is restarted every day must not hide that no pass ever ends.</summary>
/// <param name="directory">Where it is kept; null for nowhere.</param>
/// <param name="time">The clock.</param>
internal sealed class ScrubRecord(DirectoryHandle? directory, TimeProvider time)
{
    private const int MaxBytes = 256;
    private DateTimeOffset? _last;

    /// <summary>The end of the last whole pass; before the first, when the first process began.</summary>
    public DateTimeOffset LastPass => _last ??= Read();

    /// <summary>A pass has ended.</summary>
    /// <exception cref="IOException">That cannot be noted; it counts in this process.</exception>
    public void Passed() => Write(time.GetUtcNow());

    private DateTimeOffset Read()
    {
        try
        {
            if (directory?.ReadFileIfExists("scrubbed"u8, MaxBytes) is { } content
                && DateTimeOffset.TryParse(Encoding.ASCII.GetString(content), CultureInfo.InvariantCulture, out var last) && last <= time.GetUtcNow())
            {
                return last;
            }

            Write(time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // A disk that cannot even hold this is reported by the probe of the private directory.
        }

        return _last ?? time.GetUtcNow();
    }

    private void Write(DateTimeOffset moment)
    {
        _last = moment;
        directory?.ReplaceFile("scrubbed"u8, Encoding.ASCII.GetBytes(moment.ToString("O", CultureInfo.InvariantCulture)));
    }
}
