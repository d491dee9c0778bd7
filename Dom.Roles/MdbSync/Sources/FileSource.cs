using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>A file, read again when it changes.</summary>
internal sealed class FileSource(SourceDefinition definition, SourceLimits limits, TimeProvider clock) : IMachineSource
{
    private readonly FileFreshness _freshness = new(clock);
    private string? _fault;

    /// <inheritdoc/>
    public async Task<SourceReading> ReadAsync(MachineList lastGood, CancellationToken cancellationToken)
    {
        try
        {
            using var file = ConfiguredFile.Open(definition.Location);
            var status = file.GetStatus();
            if (!_freshness.MustRead(status))
            {
                return _fault is null ? SourceReading.Unchanged : throw new MachineListException(_fault);
            }

            if (status.Size > limits.MaxBytes)
            {
                throw LimitedStream.TooLarge(limits.MaxBytes);
            }

            await using var stream = new FileStream(file.Duplicate(), FileAccess.Read, bufferSize: 1);
            var list = await SourceFormat.ReadAsync(definition, stream, limits, cancellationToken);
            ConfiguredFile.CheckUnchanged(file, status, definition.Location);
            _fault = null;
            return new SourceReading(list, []);
        }
        catch (MachineListException fault)
        {
            _fault = fault.Message;
            throw;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _freshness.Forget();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing stays open between looks.
    }
}
