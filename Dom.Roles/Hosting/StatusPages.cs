namespace Dom.Roles.Hosting;

/// <summary>Who gets status pages and metrics. <c>/healthz</c> and <c>/readyz</c> always answer, since load balancers have no certificates; <c>/readyz</c> names reasons only to those who get pages.</summary>
public enum StatusPages
{
    /// <summary>Everybody gets pages with counts, names and statuses; those with paths or content need a client certificate.</summary>
    Open,

    /// <summary>Pages and metrics over TLS only.</summary>
    Tls,

    /// <summary>No pages and no metrics.</summary>
    Off,
}
