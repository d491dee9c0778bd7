using System.Globalization;
using System.Net;

namespace Dom.Bench.Fleet;

/// <summary>Where things of a fleet lie and what its machines are called: known to the measuring process and to those that run the subs.</summary>
/// <param name="Directory">Holds everything.</param>
internal sealed record FleetLayout(string Directory)
{
    /// <summary>Port of all subs.</summary>
    public const int SubPort = 16969;

    /// <summary>One machine in a hundred cannot start its services after an update.</summary>
    public static bool IsFailing(int machine) => machine % 100 == 37;

    /// <summary>One machine in ten is in the list, and not there.</summary>
    public static bool IsUnreachable(int machine) => machine % 10 == 9;

    /// <summary>One machine in a hundred has a certificate that runs out while the fleet is watched.</summary>
    public static bool IsExpiring(int machine) => machine % 100 == 63;

    /// <summary>Host name.</summary>
    public static string Name(int machine) => string.Create(CultureInfo.InvariantCulture, $"machine-{machine:00000}");

    /// <summary>Each machine has an address of its own.</summary>
    public static IPAddress Address(int machine) => new([127, (byte)(96 + machine / 62_500), (byte)(machine / 250 % 250), (byte)(machine % 250 + 1)]);

    public string CaFile => Path.Combine(Directory, "CA.pem");

    public string ImageServerState => Path.Combine(Directory, "images");

    public string MasterState => Path.Combine(Directory, "master");

    public string MachineList => Path.Combine(Directory, "machines.json");

    /// <summary>The managed directory of a machine.</summary>
    public string Root(int machine) => Path.Combine(Directory, "roots", (machine / 1000).ToString(CultureInfo.InvariantCulture), Name(machine));

    /// <summary>Source of an image.</summary>
    public string Source(int version) => Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"source-{version}"));

    /// <summary>Certificate and key of a role, a person or a machine.</summary>
    public (string Certificate, string Key) Credentials(string name)
    {
        var place = Path.Combine(Directory, "certificates", name);
        return (place + ".pem", place + ".key");
    }
}
