using System.Globalization;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;

namespace Dom.Tests.Interop.MessagePack;

/// <summary>Values that every language can hold, and the words both sides must find for them.</summary>
public static class InteropValue
{
    /// <summary>A random value without what dynamic languages cannot tell apart or hold: whole floats, 32-bit floats, keys that are no strings.</summary>
    public static object? Random(Random random) => Plain(ValueTree.Random(random, 4));

    /// <summary>Kind and text, as the peers' scripts describe a value.</summary>
    public static (string Kind, string Text) Describe(object? value) => value switch
    {
        null => ("nil", ""),
        bool boolean => ("boolean", boolean ? "true" : "false"),
        Int128 number => ("integer", number.ToString(CultureInfo.InvariantCulture)),
        double number => ("float", double.IsNaN(number) ? "nan" : BitConverter.DoubleToUInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture)),
        string text => ("string", text),
        byte[] bytes => ("binary", Convert.ToHexStringLower(bytes)),
        MessagePackExtension { Type: MessagePackTimestamp.ExtensionType } timestamp => ("timestamp", Milliseconds(timestamp)),
        MessagePackExtension extension => ("extension", $"{extension.Type}:{Convert.ToHexStringLower(extension.Data.Span)}"),
        List<object?> items => ("array", string.Join(',', items.Select(item => Describe(item).Kind))),
        List<KeyValuePair<object?, object?>> pairs => ("map", string.Join(',', pairs.Select(pair => $"{pair.Key}={Describe(pair.Value).Kind}"))),
        _ => throw new ArgumentException($"{value.GetType()} is no value of this model", nameof(value)),
    };

    private static string Milliseconds(MessagePackExtension extension)
    {
        var timestamp = new MessagePackReader(ValueTree.Encode(extension)).ReadTimestamp();
        return ((timestamp.Seconds * 1000) + (timestamp.Nanoseconds / 1_000_000)).ToString(CultureInfo.InvariantCulture);
    }

    private static object? Plain(object? value) => value switch
    {
        float single => Fractional(single),
        double number => Fractional(number),
        MessagePackExtension extension => extension with { Type = (sbyte)(extension.Type & 0x7f) },
        List<object?> items => items.Select(Plain).ToList(),
        List<KeyValuePair<object?, object?>> pairs =>
            pairs.Select((pair, index) => KeyValuePair.Create((object?)$"{pair.Key as string}{index}k", Plain(pair.Value))).ToList(),
        _ => value,
    };

    /// <summary>A number that JavaScript does not take for an integer.</summary>
    private static double Fractional(double number) =>
        double.IsNaN(number) || (Math.Abs(number) < 1L << 53 && number == Math.Truncate(number)) ? 0.5 : number;
}
