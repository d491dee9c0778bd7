using Dom.Core.Linux;

namespace Dom.Roles.Sub.Tools;

/// <summary>Does something to a name of an open directory.</summary>
internal delegate T PlaceAction<out T>(DirectoryHandle directory, ReadOnlySpan<byte> name);
