using System.Text;

namespace Dom.Core.Locks;

/// <summary>Which names groups and holders may have. They become keys, labels of metrics and lines of logs.</summary>
public static class LockName
{
    /// <summary>The group that always exists.</summary>
    public const string DefaultGroup = "default";

    /// <summary>Most bytes of a group's name.</summary>
    public const int MaxGroupBytes = 100;

    /// <summary>Most bytes of a holder's name.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>What is wrong with a group's name; null when nothing is.</summary>
    /// <remarks>FleetLock's letters, digits, dots and dashes. A leading dot is refused too: locksmith's path of group <c>..</c> is that of the default group.</remarks>
    public static string? FindGroupFault(string name) => name switch
    {
        "" => "the name of a group is empty",
        { Length: > MaxGroupBytes } => $"the name of a group has more than {MaxGroupBytes} characters",
        ['.', ..] => $"a group must not be called '{name}': a leading dot would leave its place in the store",
        _ when !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') => "the name of a group holds other characters than letters, digits, dots and dashes",
        _ => null,
    };

    /// <summary>What is wrong with a holder's name; null when nothing is.</summary>
    public static string? FindIdFault(string id)
    {
        if (id.Length == 0)
        {
            return "the id is empty";
        }

        if (id.Length > MaxIdBytes || Encoding.UTF8.GetByteCount(id) > MaxIdBytes)
        {
            return $"the id has more than {MaxIdBytes} bytes";
        }

        for (var rest = id.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var taken) != System.Buffers.OperationStatus.Done)
            {
                return "the id is not well-formed text";
            }

            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
            {
                return "the id holds control characters";
            }

            rest = rest[taken..];
        }

        return id.Trim().Length == id.Length ? null : "the id begins or ends with a space";
    }
}
