using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dom.Core.Locks;

/// <summary>
/// The stored form of a group: locksmith's document, exactly, and behind its three fields what only we know. Readers take field names in any letter
/// case and holders in any order, as Go's JSON does; the number of free slots is computed anew at each write, whatever stood there. Fields nobody here knows are kept.
/// </summary>
public static class GroupDocument
{
    /// <summary>Most bytes of a document that is read or written; etcd takes 1.5 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxHolders = 10_000;
    private const int MaxForeign = 64;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>Writes a group.</summary>
    /// <param name="state">The group.</param>
    /// <param name="form">The form.</param>
    /// <param name="isNew">True when nothing stood there before: locksmith writes <c>null</c> for the holders then, and a list ever after.</param>
    /// <exception cref="LockDocumentException">It would be larger than <see cref="MaxBytes"/>.</exception>
    public static byte[] Write(GroupState state, DocumentForm form, bool isNew = false)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            if (form == DocumentForm.Airlock)
            {
                writer.WriteNumber("total_slots"u8, state.Max);
            }
            else
            {
                writer.WriteNumber("semaphore"u8, state.Available);
                writer.WriteNumber("max"u8, state.Max);
            }

            WriteHolders(writer, state, isNew && form != DocumentForm.Airlock);
            if (form == DocumentForm.Dom)
            {
                WriteDetails(writer, state);
            }

            foreach (var (name, value) in state.Foreign)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenCount <= MaxBytes
            ? buffer.WrittenSpan.ToArray()
            : throw new LockDocumentException($"the document would have {buffer.WrittenCount} bytes, more than the {MaxBytes} a group may have");
    }

    /// <summary>Reads a group.</summary>
    /// <exception cref="LockDocumentException">It is not one.</exception>
    public static GroupState Read(ReadOnlyMemory<byte> document, DocumentForm form)
    {
        if (document.Length > MaxBytes)
        {
            throw new LockDocumentException($"the document has {document.Length} bytes; a group has at most {MaxBytes}");
        }

        try
        {
            using var json = JsonDocument.Parse(document, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Read(json.RootElement, form)
                : throw new LockDocumentException($"the document is {json.RootElement.ValueKind}, not an object");
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new LockDocumentException($"the document is not that of a group: {fault.Message}", fault);
        }
    }

    private static GroupState Read(JsonElement root, DocumentForm form)
    {
        var max = 0;
        var ids = new List<string>();
        var foreign = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        var state = new GroupState { Limit = "", Max = 0 };
        var details = new Dictionary<string, LockHolder>(StringComparer.Ordinal);
        foreach (var field in root.EnumerateObject())
        {
            switch (field.Name.ToLowerInvariant())
            {
                case "total_slots" when form == DocumentForm.Airlock:
                case "max" when form != DocumentForm.Airlock:
                    max = Number(field);
                    break;
                case "semaphore" when form != DocumentForm.Airlock:
                    Number(field);
                    break;
                case "holders":
                    ids = ReadHolders(field.Value);
                    break;
                case "limit" when form == DocumentForm.Dom:
                    state = state with { Limit = Text(field) };
                    break;
                case "configured" when form == DocumentForm.Dom:
                    state = state with { Configured = Text(field) };
                    break;
                case "grants" when form == DocumentForm.Dom:
                    state = state with { Grants = field.Value.GetInt64() };
                    break;
                case "last_grant" when form == DocumentForm.Dom:
                    state = state with { LastGrantAt = field.Value.GetDateTimeOffset() };
                    break;
                case "freeze" when form == DocumentForm.Dom:
                    state = state with { Freeze = field.Value.Deserialize(LockDetailsJson.Default.LockFreeze) };
                    break;
                case "details" when form == DocumentForm.Dom:
                    ReadDetails(field.Value, details);
                    break;
                default:
                    foreign.Add(new(field.Name, field.Value.GetRawText()));
                    break;
            }
        }

        if (foreign.Count > MaxForeign)
        {
            throw new LockDocumentException($"the document has {foreign.Count} fields that are unknown here");
        }

        var limit = state.Limit.Length > 0 ? state.Limit : max.ToString(CultureInfo.InvariantCulture);

        // Another program may have set its number only: then the words of ours no longer hold.
        limit = int.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number != max ? max.ToString(CultureInfo.InvariantCulture) : limit;
        return state with
        {
            Max = max,
            Limit = limit,
            Holders = [.. ids.Select(id => details.GetValueOrDefault(id) ?? new LockHolder { Id = id })],
            Foreign = foreign.ToImmutable(),
        };
    }

    private static int Number(JsonProperty field) => field.Value.ValueKind switch
    {
        JsonValueKind.Null => 0,
        JsonValueKind.Number => field.Value.GetInt32(),
        _ => throw new FormatException($"'{field.Name}' is {field.Value.ValueKind}, not a number"),
    };

    private static string Text(JsonProperty field) => field.Value.GetString() ?? "";

    private static List<string> ReadHolders(JsonElement holders)
    {
        if (holders.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (holders.GetArrayLength() > MaxHolders)
        {
            throw new FormatException($"it has {holders.GetArrayLength()} holders, more than {MaxHolders}");
        }

        return [.. holders.EnumerateArray().Select(static h => h.ValueKind == JsonValueKind.String && h.GetString() is { } id ? id : throw new FormatException("a holder is not a text"))];
    }

    private static void ReadDetails(JsonElement details, Dictionary<string, LockHolder> into)
    {
        foreach (var entry in details.EnumerateArray())
        {
            if (entry.Deserialize(LockDetailsJson.Default.LockHolder) is { } holder)
            {
                into[holder.Id] = holder;
            }
        }
    }

    private static void WriteHolders(Utf8JsonWriter writer, GroupState state, bool asNull)
    {
        if (asNull && state.Holders.IsEmpty)
        {
            writer.WriteNull("holders"u8);
            return;
        }

        writer.WriteStartArray("holders"u8);
        foreach (var holder in state.Holders)
        {
            writer.WriteStringValue(holder.Id);
        }

        writer.WriteEndArray();
    }

    private static void WriteDetails(Utf8JsonWriter writer, GroupState state)
    {
        writer.WriteString("limit"u8, state.Limit);
        writer.WriteString("configured"u8, state.Configured);
        writer.WriteNumber("grants"u8, state.Grants);
        if (state.LastGrantAt is { } at)
        {
            writer.WriteString("last_grant"u8, at);
        }

        if (state.Freeze is { } freeze)
        {
            writer.WritePropertyName("freeze"u8);
            JsonSerializer.Serialize(writer, freeze, LockDetailsJson.Default.LockFreeze);
        }

        writer.WriteStartArray("details"u8);
        foreach (var holder in state.Holders)
        {
            JsonSerializer.Serialize(writer, holder, LockDetailsJson.Default.LockHolder);
        }

        writer.WriteEndArray();
    }
}
