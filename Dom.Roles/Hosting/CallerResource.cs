namespace Dom.Roles.Hosting;

/// <summary>What is bounded for each caller.</summary>
internal enum CallerResource
{
    /// <summary>Connections with a good certificate.</summary>
    Connections,

    /// <summary>Calls and pages under way.</summary>
    Calls,

    /// <summary>Bytes of requests that are held in memory, beyond the first few KiB of each.</summary>
    RequestBytes,
}
