namespace Dom.Roles.Hosting.Configuration;

/// <summary>The one place where a role declares its keys: name, kind of value, property, meaning. The default is the property's initial value.</summary>
/// <example><code>
/// public static OptionTable&lt;SubOptions&gt; Section { get; } = new OptionTable&lt;SubOptions&gt;("Sub", "The agent on each machine.")
///     .Key("Listen", OptionTypes.Listen(6969), o => o.Listen, (o, v) => o with { Listen = v }, "Address and port of the sub.")
///     .Tls(o => o.Tls, (o, v) => o with { Tls = v });
/// </code></example>
public sealed class OptionTable<TOptions>(string name, string description) : OptionSection(name, description)
    where TOptions : class, new()
{
    private readonly List<Row> _rows = [];
    private readonly List<Func<TOptions, string?>> _rules = [];

    private delegate TOptions Read(TOptions options, IReadOnlyList<Assignment> given, List<ConfigurationFault> faults);

    /// <inheritdoc/>
    public override IReadOnlyList<OptionKey> Keys => [.. _rows.Select(r => r.Key)];

    /// <summary>Declares a key with one value.</summary>
    /// <param name="key">Its name in the file.</param>
    /// <param name="type">The kind of value.</param>
    /// <param name="get">Reads the property.</param>
    /// <param name="set">Makes options with another value of the property.</param>
    /// <param name="description">One sentence: what it means, in which unit.</param>
    /// <param name="fallback">The section whose key of the same name counts when this is not set.</param>
    public OptionTable<TOptions> Key<TValue>(
        string key, OptionType<TValue> type, Func<TOptions, TValue> get, Func<TOptions, TValue, TOptions> set, string description, string? fallback = null)
    {
        var declared = new OptionKey(key, type.Expected, type.Format(get(new TOptions())), description, IsList: false, fallback);
        return Add(declared, o => [type.Format(get(o))], (options, given, faults) =>
            TryParse(type, key, given[0], faults, out var value) ? set(options, value) : options);
    }

    /// <summary>Declares a key that may be given several times; an empty value removes those before it.</summary>
    public OptionTable<TOptions> List<TValue>(
        string key, OptionType<TValue> type, Func<TOptions, IReadOnlyList<TValue>> get, Func<TOptions, IReadOnlyList<TValue>, TOptions> set, string description)
    {
        var defaults = get(new TOptions()).Select(type.Format);
        var declared = new OptionKey(key, type.Expected, string.Join(' ', defaults), description, IsList: true, FallbackSection: null);
        return Add(declared, o => [.. get(o).Select(type.Format)], (options, given, faults) =>
        {
            var values = new List<TValue>();
            foreach (var assignment in given.Where(a => a.Value.Length > 0))
            {
                if (TryParse(type, key, assignment, faults, out var value))
                {
                    values.Add(value);
                }
            }

            return set(options, values);
        });
    }

    /// <summary>Declares the keys of <c>[Tls]</c> for this section too, so that a role may override each of them.</summary>
    public OptionTable<TOptions> Tls(Func<TOptions, TlsOptions> get, Func<TOptions, TlsOptions, TOptions> set)
    {
        foreach (var row in TlsOptions.Section._rows)
        {
            var key = row.Key with { DefaultText = string.Join(' ', row.Show(get(new TOptions()))), FallbackSection = TlsOptions.Section.Name };
            Add(key, o => row.Show(get(o)), (o, given, faults) => set(o, row.Apply(get(o), given, faults)));
        }

        return this;
    }

    /// <summary>Makes this a section of which there may be many, each with a name of its own.</summary>
    public OptionTable<TOptions> Named()
    {
        IsNamed = true;
        return this;
    }

    /// <summary>Declares a rule that all values together must keep: returns what is wrong and what to do, or null.</summary>
    public OptionTable<TOptions> Rule(Func<TOptions, string?> check)
    {
        _rules.Add(check);
        return this;
    }

    internal override IReadOnlyList<EffectiveValue> Check(AssignmentSet assignments, List<ConfigurationFault> faults)
    {
        var values = new List<EffectiveValue>(_rows.Count);
        foreach (var section in SectionsIn(assignments))
        {
            var options = Bind(assignments, faults, section);
            foreach (var row in _rows)
            {
                var given = assignments.For(section, row.Key);
                var origin = given.Count == 0 ? "default" : string.Join(", ", given.Select(a => a.Origin).Distinct());
                values.Add(new EffectiveValue(section, row.Key.Name, row.Show(options), origin));
            }
        }

        return values;
    }

    /// <summary>The sections of this kind: the one there is, or those of a file in their order.</summary>
    internal IReadOnlyList<string> SectionsIn(AssignmentSet assignments) =>
        IsNamed ? [.. assignments.All.Select(static a => a.Section).Where(Covers).Distinct()] : [Name];

    internal TOptions Bind(AssignmentSet assignments, List<ConfigurationFault> faults, string? section = null)
    {
        section ??= Name;
        var options = new TOptions();
        var before = faults.Count;
        foreach (var row in _rows)
        {
            var given = assignments.For(section, row.Key);
            if (given.Count > 0)
            {
                options = row.Apply(options, given, faults);
            }
        }

        if (faults.Count == before)
        {
            faults.AddRange(_rules.Select(rule => rule(options)).OfType<string>().Select(wrong => new ConfigurationFault($"[{section}]", wrong)));
        }

        return options;
    }

    private OptionTable<TOptions> Add(OptionKey key, Func<TOptions, IReadOnlyList<string>> show, Read apply)
    {
        if (_rows.Exists(r => r.Key.Name == key.Name))
        {
            throw new ArgumentException($"[{Name}] declares {key.Name} twice", nameof(key));
        }

        _rows.Add(new Row(key, show, apply));
        return this;
    }

    private static bool TryParse<TValue>(
        OptionType<TValue> type, string key, Assignment given, List<ConfigurationFault> faults, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value)
    {
        try
        {
            value = type.Parse(given.Value);
            return true;
        }
        catch (FormatException e)
        {
            // Parsers that know more than "not as expected" say it in the message; the framework's own messages say less.
            var detail = e.Message == new FormatException().Message ? "" : $" ({e.Message})";
            var fault = new ConfigurationFault(given.Origin, $"[{given.Section}] {key}='{given.Value}' is not {type.Expected}{detail}");
            if (!faults.Contains(fault))
            {
                faults.Add(fault);
            }

            value = default;
            return false;
        }
    }

    private sealed record Row(OptionKey Key, Func<TOptions, IReadOnlyList<string>> Show, Read Apply);
}
