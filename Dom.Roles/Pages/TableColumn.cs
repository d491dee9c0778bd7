namespace Dom.Roles.Pages;

/// <summary>A column of a table.</summary>
/// <param name="Header">What stands above it for people.</param>
/// <param name="Key">Its name for programs, in snake case.</param>
/// <param name="IsNumber">True when it is aligned to the right.</param>
/// <param name="Cell">Writes a cell for people; null for a column that only programs get.</param>
/// <param name="Value">The cell for programs; null for a column that only people get.</param>
public sealed record TableColumn<TRow>(string Header, string Key, bool IsNumber, Action<HtmlWriter, TRow>? Cell, Func<TRow, CellValue>? Value);
