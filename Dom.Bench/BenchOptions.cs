using System.Globalization;

namespace Dom.Bench;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class BenchOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public BenchOptions(ReadOnlySpan<string> arguments, params string[] known)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (!known.Contains(arguments[i]) || i + 1 == arguments.Length)
            {
                throw new ArgumentException($"unknown option or missing value: {arguments[i]}; known are {string.Join(", ", known)}");
            }

            _values[arguments[i]] = arguments[i + 1];
        }
    }

    public string Get(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Get(string name, int otherwise) =>
        _values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
