using System.Diagnostics.Metrics;
using Dom.Core.Telemetry;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master;

internal sealed partial class MasterService
{
    private static readonly TimeSpan ShownSkew = TimeSpan.FromSeconds(5);

    /// <summary>Metrics that are read from the state when somebody asks.</summary>
    private void Observe(MetricsRegistry registry)
    {
        var meter = registry.Meter;
        meter.CreateObservableGauge(
            "dom_machines",
            () => Fleet.Count().Select(c => new Measurement<int>(c.Value, new KeyValuePair<string, object?>("status", c.Key.Word()))),
            description: "Machines by status.");
        meter.CreateObservableGauge("dom_updates_disabled", () => Stop.IsOn ? 1 : 0, description: "1 while the emergency stop is on.");
        meter.CreateObservableGauge("dom_images_halted", () => Brake.Halts().Count, description: "Images that stopped rolling after failures.");
        meter.CreateObservableGauge("dom_images_not_ready", () => Images.Report().Count(i => i.Image is null), description: "Images that machines need and no image server has given.");
        meter.CreateObservableGauge(
            "dom_turns_in_use",
            () => Brake.Use().Select(u => new Measurement<int>(u.Updating, new KeyValuePair<string, object?>("directory", u.Directory))),
            description: "Machines that have their turn to be updated, by image directory.");
        meter.CreateObservableGauge(
            "dom_turns_waiting",
            () => Brake.Use().Select(u => new Measurement<int>(u.Waiting, new KeyValuePair<string, object?>("directory", u.Directory))),
            description: "Machines that wait for their turn, by image directory.");
        meter.CreateObservableGauge(
            "dom_fetching_machines",
            () => Admission.Use().Select(u => new Measurement<int>(u.Value.Reading, new KeyValuePair<string, object?>("server", u.Key))),
            description: "Machines that may read from an image server now.");
        meter.CreateObservableGauge(
            "dom_image_server_up",
            () => Servers.Report.Select(s => new Measurement<int>(s.Error.Length == 0 ? 1 : 0, new KeyValuePair<string, object?>("server", s.Address))),
            description: "1 when the last call to an image server went well.");
        meter.CreateObservableGauge("dom_computed_memory_bytes", () => _generators.Memory.Taken, "By", "Memory of computed files that machines have not taken yet.");
        meter.CreateObservableGauge("dom_machine_list_error", () => ListError.Length > 0 ? 1 : 0, description: "1 while the machine list cannot be used.");
        meter.CreateObservableGauge(
            "dom_machines_clock_skewed",
            () => Fleet.Machines.Count(m => m.ClockSkew.Duration() > ShownSkew),
            description: "Machines whose clock differs from the master's by more than 5 s.");
        meter.CreateObservableGauge(
            "dom_machines_other_master",
            () => Fleet.Machines.Count(m => m.Answer is { OtherMaster.Length: > 0 }),
            description: "Machines that another master polls too.");
    }
}
