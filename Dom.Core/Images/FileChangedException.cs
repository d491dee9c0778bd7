using Dom.Core.Linux;

namespace Dom.Core.Images;

/// <summary>A file is another than when it was scanned.</summary>
internal sealed class FileChangedException(UnixPath path, string what, Exception? inner = null)
    : IOException($"'{path}' {what} while it was pushed", inner)
{
    public UnixPath Path { get; } = path;
}
