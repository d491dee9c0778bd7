namespace Dom.Roles.Hosting.Configuration;

/// <summary>How the value of a key is read and shown.</summary>
/// <param name="Expected">What a value must be, for error messages and <c>dom config show</c>: "a percentage above 0, up to 100".</param>
/// <param name="Parse">Reads a value; throws <see cref="FormatException"/> when it is not as expected (the message may be empty).</param>
/// <param name="Format">Shows a value as one would write it in a file.</param>
public sealed record OptionType<T>(string Expected, Func<string, T> Parse, Func<T, string> Format);
