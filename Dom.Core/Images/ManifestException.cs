namespace Dom.Core.Images;

/// <summary>Bytes are no manifest, or a manifest breaks a rule. The message says which.</summary>
public sealed class ManifestException(string message, Exception? inner = null) : FormatException(message, inner);
