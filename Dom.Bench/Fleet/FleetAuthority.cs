using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;

namespace Dom.Bench.Fleet;

/// <summary>Issues the certificates of a fleet, and replaces the authority while everything runs.</summary>
internal sealed class FleetAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    private readonly FleetLayout _layout;
    private CertificateAuthority _authority;

    public FleetAuthority(FleetLayout layout)
    {
        _layout = layout;
        Directory.CreateDirectory(Path.GetDirectoryName(layout.Credentials("x").Key) ?? layout.Directory);
        _authority = CertificateAuthority.Create("fleet 1", Lifetime, TimeProvider.System);
        Replace(layout.CaFile, _authority.CertificatePem);
    }

    /// <summary>Certificates for the servers and the person who looks on.</summary>
    public void IssueForServers()
    {
        Issue("imageserver", new CertificateOrder { Name = "imageserver", Roles = ["imageserver"] });
        Issue("master", new CertificateOrder { Name = "master", Roles = ["master"] });
        Issue("admin", new CertificateOrder { Name = "admin", Methods = ["*.*"] });
    }

    /// <summary>Certificates for all machines; those of the expiring ones are good for so long.</summary>
    public void IssueForMachines(int machines, TimeSpan expiring)
    {
        Parallel.For(0, machines, machine =>
        {
            if (!FleetLayout.IsUnreachable(machine))
            {
                IssueForMachine(machine, FleetLayout.IsExpiring(machine) ? expiring : Lifetime / 2);
            }
        });
    }

    /// <summary>A new certificate for one machine.</summary>
    public void IssueForMachine(int machine, TimeSpan? lifetime = null)
    {
        var name = FleetLayout.Name(machine);
        Issue(name, new CertificateOrder { Name = name, Roles = ["sub"], Lifetime = lifetime ?? Lifetime / 2 });
    }

    /// <summary>From now on both authorities are trusted, and the new one issues.</summary>
    public void BeginRotation()
    {
        var old = _authority;
        _authority = CertificateAuthority.Create("fleet 2", Lifetime, TimeProvider.System);
        Replace(_layout.CaFile, old.CertificatePem + _authority.CertificatePem);
        old.Dispose();
    }

    /// <summary>The old authority is trusted no longer.</summary>
    public void EndRotation() => Replace(_layout.CaFile, _authority.CertificatePem);

    public void Dispose() => _authority.Dispose();

    private void Issue(string name, CertificateOrder order)
    {
        var issued = _authority.Issue(order with { Methods = [.. order.Methods, .. order.Roles.SelectMany(role => RoleGrants.For(role) ?? [])] });
        var (certificate, key) = _layout.Credentials(name);

        // A reader may find the new key with the old certificate: it keeps what it has and looks again.
        Replace(key, issued.KeyPem);
        Replace(certificate, issued.CertificatePem);
    }

    private static void Replace(string path, string content)
    {
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}
