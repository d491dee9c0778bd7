using System.Buffers.Binary;
using System.Text;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>
/// An encoder of its own, written from the specification, that picks any of the forms that can hold a value, not only the shortest one.
/// </summary>
public sealed class LooseEncoder(Random random)
{
    private readonly List<byte> _output = [];

    /// <summary>True once a form was picked that is not the shortest.</summary>
    public bool IsLoose { get; private set; }

    /// <summary>The bytes so far.</summary>
    public byte[] ToArray() => [.. _output];

    public void Write(object? value)
    {
        switch (value)
        {
            case null:
                _output.Add(0xc0);
                break;
            case bool boolean:
                _output.Add(boolean ? (byte)0xc3 : (byte)0xc2);
                break;
            case Int128 number:
                WriteInteger(number);
                break;
            case float number:
                WriteForm((0xca, 4), BitConverter.SingleToUInt32Bits(number));
                break;
            case double number:
                WriteForm((0xcb, 8), BitConverter.DoubleToUInt64Bits(number));
                break;
            case string text:
                WriteLength(Encoding.UTF8.GetByteCount(text), (0xa0, 32), (0xd9, 1), (0xda, 2), (0xdb, 4));
                _output.AddRange(Encoding.UTF8.GetBytes(text));
                break;
            case byte[] bytes:
                WriteLength(bytes.Length, (0, 0), (0xc4, 1), (0xc5, 2), (0xc6, 4));
                _output.AddRange(bytes);
                break;
            case MessagePackExtension extension:
                WriteExtension(extension);
                break;
            case List<object?> items:
                WriteLength(items.Count, (0x90, 16), (0, 0), (0xdc, 2), (0xdd, 4));
                items.ForEach(Write);
                break;
            case List<KeyValuePair<object?, object?>> pairs:
                WriteLength(pairs.Count, (0x80, 16), (0, 0), (0xde, 2), (0xdf, 4));
                foreach (var (key, item) in pairs)
                {
                    Write(key);
                    Write(item);
                }

                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no value of this model", nameof(value));
        }
    }

    private void WriteInteger(Int128 value)
    {
        var forms = new List<(int Code, int Size)>();
        if (value >= -32 && value <= 127)
        {
            forms.Add(((byte)(sbyte)value, 0));
        }

        for (var size = 1; size <= 8; size *= 2)
        {
            var bits = 8 * size;
            if (value >= 0 && value < (Int128)1 << bits)
            {
                forms.Add((0xcc + int.Log2(size), size));
            }
        }

        // Unsigned forms come first: the shortest form of a number that is not negative is unsigned.
        for (var size = 1; size <= 8; size *= 2)
        {
            var half = (Int128)1 << (8 * size - 1);
            if (value >= -half && value < half)
            {
                forms.Add((0xd0 + int.Log2(size), size));
            }
        }

        WriteForm(Pick(forms), (ulong)(UInt128)value);
    }

    private void WriteExtension(MessagePackExtension extension)
    {
        var length = extension.Data.Length;
        var forms = new List<(int Code, int Size)>();
        if (length is 1 or 2 or 4 or 8 or 16)
        {
            forms.Add((0xd4 + int.Log2(length), 0));
        }

        AddLengthForms(forms, length, (0xc7, 1), (0xc8, 2), (0xc9, 4));
        WriteForm(Pick(forms), (ulong)length);
        _output.Add((byte)extension.Type);
        _output.AddRange(extension.Data.Span);
    }

    private void WriteLength(int length, (int Code, int Below) fix, params (int Code, int Size)[] sizes)
    {
        var forms = new List<(int Code, int Size)>();
        if (length < fix.Below)
        {
            forms.Add((fix.Code | length, 0));
        }

        AddLengthForms(forms, length, sizes);
        WriteForm(Pick(forms), (ulong)length);
    }

    private static void AddLengthForms(List<(int Code, int Size)> forms, int length, params (int Code, int Size)[] sizes) =>
        forms.AddRange(sizes.Where(form => form.Size > 0 && (form.Size == 4 || length < 1 << (8 * form.Size))));

    private (int Code, int Size) Pick(List<(int Code, int Size)> forms)
    {
        var index = random.Next(3) == 0 ? random.Next(forms.Count) : 0;
        IsLoose |= index > 0;
        return forms[index];
    }

    private void WriteForm((int Code, int Size) form, ulong value)
    {
        _output.Add((byte)form.Code);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        _output.AddRange(bytes[(8 - form.Size)..]);
    }
}
