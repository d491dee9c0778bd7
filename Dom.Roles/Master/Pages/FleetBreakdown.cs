using Dom.Core.Machines;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Pages;

/// <summary>Counts the fleet by image and by place, in one pass over the machines each.</summary>
internal static class FleetBreakdown
{
    /// <summary>The images that machines require, will require or had applied, in the order of their names.</summary>
    public static IReadOnlyList<ImageUse> Images(MasterService master)
    {
        var uses = new Dictionary<string, ImageUse>(StringComparer.Ordinal);
        foreach (var machine in master.Fleet.Machines)
        {
            var entry = machine.Entry;
            if (entry.RequiredImage.Length > 0)
            {
                var use = Use(entry.RequiredImage);
                use.Required++;
                use.InSync += machine.Status == MachineStatus.Synced ? 1 : 0;
            }

            if (entry.PlannedImage.Length > 0)
            {
                Use(entry.PlannedImage).Planned++;
            }

            if (machine.Answer?.AppliedImage is { Length: > 0 } applied)
            {
                Use(applied).Applied++;
            }
        }

        foreach (var (name, image, error) in master.Images.Report())
        {
            var use = Use(name);
            use.Image = image;
            use.Error = error;
            use.Newer = image is null ? "" : master.Latest.NewerThan(image);
        }

        return [.. uses.Values.OrderBy(static u => u.Name, HostNameOrder.Instance)];

        ImageUse Use(string name)
        {
            if (!uses.TryGetValue(name, out var use))
            {
                uses.Add(name, use = new ImageUse { Name = name });
            }

            return use;
        }
    }

    /// <summary>The places, each with all that is below it, in the order of their names.</summary>
    public static IReadOnlyList<LocationUse> Locations(MasterService master)
    {
        var uses = new Dictionary<string, LocationUse>(StringComparer.Ordinal);
        foreach (var machine in master.Fleet.Machines)
        {
            var location = machine.Entry.Location.TrimEnd('/');
            var status = machine.Status;
            Add(location, status);
            for (var slash = location.LastIndexOf('/'); slash > 0; slash = location.LastIndexOf('/', slash - 1))
            {
                Add(location[..slash], status);
            }
        }

        return [.. uses.Values.OrderBy(static u => u.Location, HostNameOrder.Instance)];

        void Add(string location, MachineStatus status)
        {
            if (!uses.TryGetValue(location, out var use))
            {
                uses.Add(location, use = new LocationUse { Location = location });
            }

            use.Machines++;
            use.InSync += status == MachineStatus.Synced ? 1 : 0;
            use.Deviant += status.IsDeviant() ? 1 : 0;
            use.Unreachable += status.IsUnreachable() ? 1 : 0;
        }
    }
}
