using System.Net;

namespace Dom.Core.Machines;

/// <summary>The names that keys of the machine list may have.</summary>
public static class HostName
{
    /// <summary>The longest name, with its instance.</summary>
    public const int MaxLength = 300;

    private const int MaxHostLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>Separates host and instance in <c>host*instance</c>.</summary>
    public const char InstanceMark = '*';

    /// <summary>The part to connect to: what stands before the instance.</summary>
    public static string WithoutInstance(string name)
    {
        var mark = name.IndexOf(InstanceMark, StringComparison.Ordinal);
        return mark < 0 ? name : name[..mark];
    }

    /// <summary>What is wrong with a name; null when it can be used.</summary>
    /// <remarks>
    /// A host is an address or labels of letters, digits, <c>-</c> and <c>_</c> between dots. An instance is made of the same characters and dots.
    /// Names end up in file names, pages, metrics and logs, so nothing else is taken.
    /// </remarks>
    public static string? FindFault(string name)
    {
        if (name.Length == 0)
        {
            return "the host name is empty";
        }

        if (name.Length > MaxLength)
        {
            return $"the host name has {name.Length} characters; at most {MaxLength} are allowed";
        }

        var mark = name.IndexOf(InstanceMark, StringComparison.Ordinal);
        var host = mark < 0 ? name : name[..mark];
        if (mark >= 0 && !IsInstance(name.AsSpan(mark + 1)))
        {
            return $"the instance after '*' in the host name '{Printable(name)}' must be letters, digits, '-', '_' and '.'";
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return IPAddress.TryParse(host, out _) ? null : $"the host name '{Printable(name)}' is neither a name nor an address";
        }

        if (host.Length is 0 or > MaxHostLength)
        {
            return $"the host name '{Printable(name)}' has a host part of {host.Length} characters; 1 to {MaxHostLength} are allowed";
        }

        foreach (var range in host.AsSpan().Split('.'))
        {
            var label = host.AsSpan(range);
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || !IsLabel(label))
            {
                return $"the host name '{Printable(name)}' has the label '{Printable(label.ToString())}'; a label is 1 to {MaxLabelLength} letters, digits, '-' and '_', not beginning with '-'";
            }
        }

        return null;
    }

    /// <summary>The text with everything that is not printable ASCII replaced, for messages.</summary>
    private static string Printable(string text) =>
        string.Create(Math.Min(text.Length, MaxLength), text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i] is >= ' ' and < '\x7f' ? from[i] : '?';
            }
        });

    private static bool IsInstance(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!IsNameCharacter(c) && c != '.')
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    private static bool IsLabel(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!IsNameCharacter(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
