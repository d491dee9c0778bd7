using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Makes sources of their definitions.</summary>
internal static class SourceFactory
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DirectoryInterval = TimeSpan.FromSeconds(5);

    /// <summary>Makes a source.</summary>
    public static IMachineSource Make(SourceDefinition definition, MdbSyncOptions options, TimeProvider clock)
    {
        var limits = new SourceLimits(
            definition.Timeout ?? options.FetchTimeout, options.MaxSourceBytes, MachineListLimits.Default with { MaxFileBytes = options.MaxSourceBytes });
        return definition switch
        {
            { Driver: SourceDriver.Directory } => new DirectorySource(definition, limits, clock),
            { Driver: SourceDriver.Command } => new CommandSource(definition, limits, clock),
            { Address: not null } => new HttpSource(definition, limits, clock),
            _ => new FileSource(definition, limits, clock),
        };
    }

    /// <summary>How often a source is looked at. Looking at files of this machine costs little, so that is done often.</summary>
    public static TimeSpan IntervalOf(SourceDefinition definition, MdbSyncOptions options) => definition.Interval ?? definition switch
    {
        { Driver: SourceDriver.Directory } => DirectoryInterval,
        { Driver: SourceDriver.Command } or { Address: not null } => options.FetchInterval,
        _ => FileInterval,
    };
}
