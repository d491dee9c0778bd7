namespace Dom.Roles.Pages;

/// <summary>Who may see a page.</summary>
public enum PageAccess
{
    /// <summary>Anybody who reaches the port: counts, names and statuses only.</summary>
    Open,

    /// <summary>Holders of a valid client certificate: paths, file lists, logs and drift.</summary>
    Certificate,
}
