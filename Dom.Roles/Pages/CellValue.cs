using System.Globalization;
using System.Text.Json;

namespace Dom.Roles.Pages;

/// <summary>A cell of a table as programs read it: text, a number, yes or no, a moment, or nothing.</summary>
public readonly record struct CellValue
{
    private readonly Form _form;
    private readonly string? _text;
    private readonly long _whole;
    private readonly double _fraction;

    private CellValue(Form form, string? text = null, long whole = 0, double fraction = 0)
    {
        _form = form;
        _text = text;
        _whole = whole;
        _fraction = fraction;
    }

    private enum Form : byte
    {
        None,
        Text,
        Whole,
        Fraction,
        Flag,
        Moment,
    }

    /// <summary>A text; null is nothing.</summary>
    public static CellValue Of(string? text) => text is null ? default : new(Form.Text, text);

    /// <summary>A whole number; null is nothing.</summary>
    public static CellValue Of(long? number) => number is { } known ? new(Form.Whole, whole: known) : default;

    /// <summary>Yes or no.</summary>
    public static CellValue Of(bool flag) => new(Form.Flag, whole: flag ? 1 : 0);

    /// <summary>A moment, written in UTC with <c>Z</c>; null is nothing.</summary>
    public static CellValue Of(DateTimeOffset? moment) => moment is { } known ? new(Form.Moment, whole: known.UtcTicks) : default;

    /// <summary>A length of time, written in seconds; null is nothing.</summary>
    public static CellValue Of(TimeSpan? duration) => duration is { } known ? new(Form.Fraction, fraction: known.TotalSeconds) : default;

    /// <summary>True when somebody else may have written it, so that a program that reads it must not take it for more than text.</summary>
    internal bool IsText => _form == Form.Text;

    /// <summary>Writes it as a JSON value.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        switch (_form)
        {
            case Form.None:
                json.WriteNullValue();
                break;
            case Form.Whole:
                json.WriteNumberValue(_whole);
                break;
            case Form.Fraction:
                json.WriteNumberValue(_fraction);
                break;
            case Form.Flag:
                json.WriteBooleanValue(_whole != 0);
                break;
            default:
                json.WriteStringValue(ToString());
                break;
        }
    }

    /// <summary>The value as text, the same in every locale; empty for nothing.</summary>
    public override string ToString() => _form switch
    {
        Form.None => "",
        Form.Whole => _whole.ToString(CultureInfo.InvariantCulture),
        Form.Fraction => _fraction.ToString(CultureInfo.InvariantCulture),
        Form.Flag => _whole != 0 ? "true" : "false",
        Form.Moment => new DateTime(_whole, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => _text ?? "",
    };
}
