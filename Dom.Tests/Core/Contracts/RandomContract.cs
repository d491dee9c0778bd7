using System.Reflection;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Tests.Core.Contracts;

/// <summary>Makes contract records with random values in every property, by reflection: what tests may do and the program may not.</summary>
public sealed class RandomContract(Random random)
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>How many properties get a value.</summary>
    public RandomContractFilling Filling { get; init; }

    private int Least => Filling == RandomContractFilling.Everything ? 1 : 0;

    /// <summary>A record of that type.</summary>
    public object Make(Type type, int depth = 4)
    {
        var record = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true }))
        {
            property.SetValue(record, Value(Nullability.Create(property), depth - 1));
        }

        return record;
    }

    private object? Value(NullabilityInfo info, int depth)
    {
        var type = info.Type;
        var empty = depth < 0 || Filling switch
        {
            RandomContractFilling.Everything => false,
            RandomContractFilling.Nothing => true,
            _ => random.Next(3) == 0,
        };
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return empty ? null : Scalar(underlying) ?? Make(underlying, depth);
        }

        if (!type.IsValueType && info.ReadState == NullabilityState.Nullable && empty)
        {
            return null;
        }

        if (type.IsValueType && empty)
        {
            return Activator.CreateInstance(type);
        }

        return Scalar(type) ?? Collection(info, depth, empty ? 0 : random.Next(1, 4)) ?? Make(type, depth);
    }

    private object? Scalar(Type type) => type switch
    {
        _ when type.IsEnum => Enum.GetValuesAsUnderlyingType(type) is { Length: > 0 } values ? Enum.ToObject(type, values.GetValue(Filling == RandomContractFilling.Everything ? values.Length - 1 : random.Next(values.Length)) ?? 0) : null,
        _ when type == typeof(bool) => Filling == RandomContractFilling.Everything || random.Next(2) == 0,
        _ when type == typeof(byte) => (byte)random.Next(Least, 256),
        _ when type == typeof(ushort) => (ushort)random.Next(Least, 65_536),
        _ when type == typeof(int) => random.Next(int.MinValue, int.MaxValue),
        _ when type == typeof(uint) => (uint)random.NextInt64(uint.MaxValue),
        _ when type == typeof(long) => random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(ulong) => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        _ when type == typeof(double) => random.NextDouble() * 1e9,
        _ when type == typeof(string) => string.Concat(Enumerable.Range(0, random.Next(Least, 10)).Select(_ => "aé€𝄞\"\\<\n"[random.Next(3)])),
        _ when type == typeof(byte[]) => Bytes(),
        _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(Bytes()),
        _ when type == typeof(ObjectId) => ObjectId.Of(Bytes()),
        _ when type == typeof(UnixPath) => new UnixPath(Bytes().Where(value => value != 0).ToArray()),
        _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(random.NextInt64(-1_000_000_000_000, 1_000_000_000_000)),
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-60_000_000_000_000, 250_000_000_000_000)),
        _ => null,
    };

    private Array? Array(NullabilityInfo element, int depth, int count)
    {
        var items = System.Array.CreateInstance(element.Type, count);
        for (var i = 0; i < count; i++)
        {
            items.SetValue(Value(element, depth), i);
        }

        return items;
    }

    private object? Collection(NullabilityInfo info, int depth, int count)
    {
        if (info.ElementType is { } element)
        {
            return Array(element, depth, count);
        }

        if (!info.Type.IsGenericType)
        {
            return null;
        }

        if (info.Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return Array(info.GenericTypeArguments[0], depth, count);
        }

        var dictionary = (System.Collections.IDictionary?)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(info.Type.GetGenericArguments()));
        for (var i = 0; i < count; i++)
        {
            dictionary?.Add($"key{i}", Value(info.GenericTypeArguments[1], depth));
        }

        return dictionary;
    }

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(Least, 20)];
        random.NextBytes(bytes);
        return bytes;
    }
}
