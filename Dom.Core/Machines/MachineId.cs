using System.Security.Cryptography;

namespace Dom.Core.Machines;

/// <summary>The id of this machine in <c>/etc/machine-id</c>, and the one that zincati makes of it.</summary>
public static class MachineId
{
    /// <summary>The file.</summary>
    public const string DefaultFile = "/etc/machine-id";

    private static readonly byte[] Zincati = Convert.FromHexString("de35106b6ec24688b63afddaa156679b");

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">The file does not hold 32 hexadecimal digits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string file = DefaultFile)
    {
        var text = File.ReadAllText(file).Trim();
        return text.Length == 32 && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : throw new InvalidDataException($"{file} does not hold a machine id of 32 hexadecimal digits");
    }

    /// <summary>The application-specific id under which zincati asks (sd_id128_get_machine_app_specific): it does not lead back to the machine's.</summary>
    /// <param name="machineId">32 hexadecimal digits.</param>
    public static string ForZincati(string machineId)
    {
        var digest = HMACSHA256.HashData(Convert.FromHexString(machineId), Zincati).AsSpan(0, 16);
        digest[6] = (byte)((digest[6] & 0x0f) | 0x40);
        digest[8] = (byte)((digest[8] & 0x3f) | 0x80);
        return Convert.ToHexStringLower(digest);
    }
}
