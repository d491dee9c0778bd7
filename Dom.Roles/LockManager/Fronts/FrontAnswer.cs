namespace Dom.Roles.LockManager.Fronts;

/// <summary>What a client of the plain listener is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Kind">One of a small set of words, which clients use as a label of metrics; empty for success.</param>
/// <param name="Value">For people, who read it in the client's log; for success the body.</param>
internal sealed record FrontAnswer(int Status, string Kind, string Value)
{
    /// <summary>Done; FleetLock says nothing more.</summary>
    public static FrontAnswer Ok { get; } = new(200, "", "");

    /// <summary>True when the rest of the request is not read, so that the connection is of no further use.</summary>
    public bool Closes { get; init; }

    /// <summary>The request is wrong.</summary>
    public static FrontAnswer Bad(string why) => new(400, "bad_request", why);
}
