using System.Text.Json;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Contracts;

/// <summary>What a program of an earlier day wrote and could read: the peer of rule 7 as long as there is no release.</summary>
/// <remarks>
/// New messages are added to the file by running the tests with <c>DOM_UPDATE_DOCS=1</c>. What stands in it is never changed by that: a program that is
/// installed somewhere does not change either. With the first release it becomes the record of that release.
/// </remarks>
internal sealed class RecordedPeer
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string File = Repository.Combine("Dom.Tests", "Core", "Contracts", "Recorded", "peer.json");

    private readonly SortedDictionary<string, RecordedMessage> _messages;
    private readonly SortedSet<string> _methods;
    private readonly SortedSet<string> _values;

    private RecordedPeer(Content content) => (_messages, _methods, _values) =
        (new(content.Messages, StringComparer.Ordinal), new(content.Methods, StringComparer.Ordinal), new(content.Values, StringComparer.Ordinal));

    /// <summary>Its messages by the name of the record.</summary>
    public IReadOnlyDictionary<string, RecordedMessage> Messages => _messages;

    /// <summary>Its methods: name, shape, request and response.</summary>
    public IReadOnlyCollection<string> Methods => _methods;

    /// <summary>The values of its enumerations: <c>SubPhase.Idle = 2</c>. Numbers travel.</summary>
    public IReadOnlyCollection<string> Values => _values;

    /// <summary>True when what is new is to be recorded.</summary>
    public static bool Records => Environment.GetEnvironmentVariable("DOM_UPDATE_DOCS") == "1";

    public static RecordedPeer Read() => new(
        System.IO.File.Exists(File) && JsonSerializer.Deserialize<Content>(System.IO.File.ReadAllText(File)) is { } content ? content : new Content([], [], []));

    /// <summary>Adds what is not recorded yet.</summary>
    public void Add(IReadOnlyDictionary<string, RecordedMessage> messages, IEnumerable<string> methods, IEnumerable<string> values)
    {
        foreach (var (name, message) in messages)
        {
            _messages.TryAdd(name, message);
        }

        _methods.UnionWith(methods);
        _values.UnionWith(values);
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, JsonSerializer.Serialize(new Content([.. _methods], [.. _values], new(_messages)), Indented) + "\n");
    }

    private sealed record Content(List<string> Methods, List<string> Values, Dictionary<string, RecordedMessage> Messages);
}
