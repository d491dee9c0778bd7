using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer.Scrub;

/// <summary>Reads all that is stored, slowly and again and again, from the disk and not from memory, and sets aside what is damaged.</summary>
internal sealed class Scrubber(ImageArchive archive, ImageServerOptions options, TimeProvider time, ILogger log)
{
    private static readonly ObjectKind[] Kinds = [ObjectKind.Manifest, ObjectKind.Block, ObjectKind.Object];

    private readonly byte[] _buffer = new byte[ObjectChunk.MaxBytes];
    private long _bytes;
    private long _objects;
    private long _passes;

    /// <summary>Bytes verified since the start.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Objects, blocks and manifests verified since the start.</summary>
    public long Objects => Interlocked.Read(ref _objects);

    /// <summary>Whole passes since the start.</summary>
    public long Passes => Interlocked.Read(ref _passes);

    /// <summary>When the last whole pass ended; null before the first.</summary>
    public DateTimeOffset? LastPassOn { get; private set; }

    /// <summary>Passes without end, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.ScrubMebibytesPerSecond == 0)
        {
            return;
        }

        while (true)
        {
            var started = time.GetTimestamp();
            try
            {
                await PassAsync(cancellationToken);
            }
            catch (IOException e)
            {
                log.ScrubFailed(e.Message);
            }

            // A small store is not read over and over.
            var rest = options.ScrubInterval - time.GetElapsedTime(started);
            await Task.Delay(rest > TimeSpan.FromMinutes(1) ? rest : TimeSpan.FromMinutes(1), time, cancellationToken);
        }
    }

    /// <summary>Verifies everything once.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var pace = new Pace((long)options.ScrubMebibytesPerSecond << 20, time);
        foreach (var kind in Kinds)
        {
            foreach (var stored in archive.Store(kind).List())
            {
                await VerifyAsync(kind, stored.Id, pace, cancellationToken);
            }
        }

        LastPassOn = time.GetUtcNow();
        log.Scrubbed(Interlocked.Increment(ref _passes), Objects, archive.DamagedCount);
    }

    private async Task VerifyAsync(ObjectKind kind, ObjectId id, Pace pace, CancellationToken cancellationToken)
    {
        try
        {
            archive.Store(kind).DropFromCache(id);
            using var reader = await new VerifyingObjectStore(archive.Store(kind)).OpenReadAsync(id, 0, cancellationToken);
            while (await reader.ReadAsync(_buffer, cancellationToken) is var read and > 0)
            {
                Interlocked.Add(ref _bytes, read);
                await pace.WaitAsync(read, cancellationToken);
            }

            Interlocked.Increment(ref _objects);
        }
        catch (ObjectNotFoundException)
        {
            // Removed since it was listed.
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (CorruptObjectException e)
        {
            archive.SetAside(kind, e);
        }
        catch (IOException e)
        {
            archive.SetAside(kind, new CorruptObjectException(id, $"the disk does not give it: {e.Message}"));
        }
    }
}
