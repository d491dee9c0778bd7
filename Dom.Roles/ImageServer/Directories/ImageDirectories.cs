using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer.Directories;

/// <summary>The directories that somebody made: who owns them, and whether images in them expire. Other directories exist by their images alone.</summary>
internal sealed class ImageDirectories : IAsyncDisposable
{
    /// <summary>The rule where no directory says anything.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(31);

    private readonly RecordDirectory<DirectoryRecord> _files;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<ImageName, DirectoryRecord> _records = [];

    private ImageDirectories(string path, ILogger log) => _files = RecordDirectory<DirectoryRecord>.Open(
        path,
        static r => ImageName.TryParse(r.Path, out _, out _) ? r.Path : null,
        r => _records.Add(ImageName.Parse(r.Path), r),
        log);

    /// <summary>Reads all directories.</summary>
    public static ImageDirectories Open(string path, ILogger log) => new(path, log);

    /// <summary>The directory of that path; null when nobody made it.</summary>
    public DirectoryRecord? Find(string path)
    {
        lock (_lock)
        {
            return ImageName.TryParse(path, out var name, out _) ? _records.GetValueOrDefault(name) : null;
        }
    }

    /// <summary>The directories below one, itself included; all for the empty path.</summary>
    public IReadOnlyList<DirectoryRecord> List(string path)
    {
        lock (_lock)
        {
            return [.. _records.Where(r => r.Key.IsBelow(path) || r.Value.Path == path).Select(static r => r.Value)];
        }
    }

    /// <summary>The group that owns a directory, its own or that of the nearest one above; empty for none.</summary>
    public string OwnerOf(string path) => Above(path).FirstOrDefault(static r => r.OwnerGroup.Length > 0)?.OwnerGroup ?? "";

    /// <summary>Throws when an image in a directory may not expire then, or must expire.</summary>
    /// <param name="path">The directory of the image.</param>
    /// <param name="lifetime">How long from now it is to last; null for ever.</param>
    public void RequireLifetime(string path, TimeSpan? lifetime)
    {
        var ruling = Above(path).FirstOrDefault(static r => r.Expiry != ExpiryRule.Inherited);
        var rule = ruling?.Expiry ?? ExpiryRule.Allowed;
        var longest = ruling is null ? DefaultLifetime : ruling.MaxLifetime;
        var where = ruling is null ? "where no directory says otherwise" : $"in the directory {ruling.Path}";
        var fault = lifetime switch
        {
            null => rule == ExpiryRule.Required ? $"images {where} must expire; say when with --expires" : null,
            _ when rule == ExpiryRule.Forbidden => $"images {where} may not expire; push without --expires, or change the rule with `dom image expiry-rule`",
            { } time when time <= TimeSpan.Zero => "the time at which the image is to expire has passed",
            { } time when time > longest => $"images {where} may last {longest.Value.TotalHours:0.#} hours at most; choose an earlier time, or none",
            _ => null,
        };
        if (fault is not null)
        {
            throw new RpcException(RpcStatus.InvalidArgument, fault, ImageErrorCode.ExpiryRefused);
        }
    }

    /// <summary>Changes a directory durably.</summary>
    /// <param name="name">Its path.</param>
    /// <param name="change">Gets the directory that stands, null for none, and returns the new one, null to remove it, or throws.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public async Task<DirectoryRecord?> ChangeAsync(
        ImageName name, Func<DirectoryRecord?, DirectoryRecord?> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var path = name.ToString();
            var before = Find(path);
            var after = change(before);
            if (after is not null && after != before)
            {
                _files.Write(path, after);
            }
            else if (after is null && before is not null)
            {
                _files.Remove(path);
            }

            lock (_lock)
            {
                _records.Remove(name);
                if (after is not null)
                {
                    _records.Add(name, after);
                }
            }

            return after;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        _changing.Dispose();
        _files.Dispose();
    }

    /// <summary>The directory and those above it that somebody made, nearest first.</summary>
    private IEnumerable<DirectoryRecord> Above(string path)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('/') is var slash and > 0 ? at[..slash] : "")
        {
            if (Find(at) is { } record)
            {
                yield return record;
            }
        }
    }
}
