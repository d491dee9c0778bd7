namespace Dom.Roles.Pages;

/// <summary>A form of a table for programs.</summary>
internal enum TableForm
{
    /// <summary>An array of objects.</summary>
    Json,

    /// <summary>Comma separated values with a line of keys first.</summary>
    Csv,

    /// <summary>The first column, one cell a line.</summary>
    Text,
}
