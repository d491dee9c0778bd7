using System.Diagnostics.Metrics;
using Dom.Core.Telemetry;

namespace Dom.Roles.Sub;

/// <summary>The metrics of a sub.</summary>
internal static class SubMetrics
{
    /// <summary>Makes the instruments; each reads the state when it is asked.</summary>
    public static void Publish(MetricsRegistry registry, SubParts parts, Convergence convergence)
    {
        var meter = registry.Meter;
        var watch = parts.Watch;
        meter.CreateObservableGauge("dom_sub_compliant", () => convergence.IsCompliant ? 1 : 0, description: "1 when the machine is equal to the required image.");
        meter.CreateObservableGauge("dom_sub_scrub_speed_bytes", () => parts.Watch.ScrubBytesPerSecond, description: "Bytes a second at which contents are read again in the background.");
        meter.CreateObservableGauge("dom_sub_plan_steps", () => convergence.Required?.Plan?.Steps.Length ?? 0, description: "Steps to the required image.");
        meter.CreateObservableGauge("dom_sub_plan_blocked", () => convergence.Required?.Plan?.Blocked ?? 0, description: "Paths that differ and cannot be corrected.");
        meter.CreateObservableGauge("dom_sub_unreadable_inodes", () => watch.Current?.Tree.Counts.Unknown ?? 0, description: "Files and directories that cannot be read.");
        meter.CreateObservableGauge("dom_sub_inodes", () => watch.Current?.Tree.Counts.Inodes ?? 0, description: "Inodes in the tree.");
        meter.CreateObservableGauge("dom_sub_hot_files", () => watch.Hot.Count, description: "Files that change faster than they can be hashed.");
        meter.CreateObservableGauge("dom_sub_last_scan_seconds", () => watch.LastScan.TotalSeconds, description: "How long the last look at every file took.");
        meter.CreateObservableGauge("dom_sub_last_scan_age_seconds", () => watch.SinceLastScan.TotalSeconds, description: "Time since every file was last looked at.");
        meter.CreateObservableGauge("dom_sub_unread_files", () => watch.Current?.Tree.Counts.Unread ?? 0, description: "Large files whose content has not been read.");
        meter.CreateObservableCounter("dom_sub_scans_total", () => watch.Scans, description: "Looks at every file.");
        meter.CreateObservableGauge("dom_sub_notice_state", () => (int)watch.Notice.State, description: "Whether the kernel tells changes: 0 it cannot, 1 it does, 2 too many at once, sweeps find them, 3 switched off.");
        meter.CreateObservableCounter("dom_sub_notice_events_total", () => watch.Notice.Events, description: "Changes the kernel told.");
        meter.CreateObservableCounter("dom_sub_notice_dropped_total", () => watch.Notice.Dropped, description: "Of those, outside the root or below what is not compared.");
        meter.CreateObservableCounter("dom_sub_notice_overflows_total", () => watch.Notice.Overflows, description: "Times more changes came than can be looked at one by one.");
        meter.CreateObservableCounter("dom_sub_notice_cpu_seconds_total", () => watch.Notice.CpuTime.TotalSeconds, description: "Processor time for what the kernel told.");
        meter.CreateObservableCounter("dom_sub_sweep_cpu_seconds_total", () => watch.SweepCpuTime.TotalSeconds, description: "Processor time of looks at every file.");
        meter.CreateObservableCounter("dom_sub_read_bytes_total", () => watch.BytesRead, description: "Bytes of content read by scans.");
        meter.CreateObservableCounter("dom_sub_scrub_passes_total", () => watch.ScrubPasses, description: "Times all contents were read again.");
        meter.CreateObservableCounter("dom_sub_memory_passes_total", () => watch.MemoryPasses, description: "Times all contents in memory were read again.");
        meter.CreateObservableGauge("dom_sub_scrub_age_seconds", () => watch.SinceLastScrub.TotalSeconds, description: "Time since all contents were last read from the disk.");
        meter.CreateObservableGauge("dom_sub_scrub_overdue", () => watch.IsScrubOverdue ? 1 : 0, description: "1 when that is longer ago than ScrubPeriod.");
        meter.CreateObservableGauge("dom_sub_scrub_under_pressure", () => watch.IsUnderPressure ? 1 : 0, description: "1 while reading again is nearly stopped, since programs wait for processor, disk or memory.");
        meter.CreateObservableCounter("dom_sub_direct_refused_total", () => watch.DirectRefused, description: "Files read through the page cache, since the file system refuses to read past it.");
        meter.CreateObservableCounter("dom_sub_silent_changes_total", () => watch.ChangedSilently, description: "Contents that changed without a trace in the status of the file.");
        meter.CreateObservableCounter("dom_sub_updates_total", () => parts.State.Current.UpdatesDone, description: "Updates finished.");
        meter.CreateObservableGauge("dom_sub_last_swap_seconds", () => parts.State.Current.LastSwap.TotalSeconds, description: "How long the last swap took.");
        meter.CreateObservableGauge("dom_sub_kept_directories", () => parts.State.Current.Kept, description: "Replaced directories that held something unexpected and are put aside.");
        meter.CreateObservableCounter("dom_sub_drift_corrected_total", () => parts.Drift.Log.Last, description: "Deviations that no update caused and that were corrected.");
        meter.CreateObservableGauge("dom_sub_contested_paths", () => parts.State.Current.Contested, description: "Paths that are changed again as often as they are corrected.");
        meter.CreateObservableGauge("dom_sub_services_down", () => parts.Engine.ServicesDown ? 1 : 0, description: "1 while services that an update stopped are not running again.");
        meter.CreateObservableGauge("dom_sub_previous_bytes", () => parts.Engine.Previous.Bytes, description: "Bytes that an update to another image replaced, kept for the way back.");
        meter.CreateObservableGauge("dom_sub_awaits_health", () => parts.State.Current.AwaitsHealth ? 1 : 0, description: "1 while a new image has yet to prove itself by its health command.");
        meter.CreateObservableGauge("dom_sub_rolled_back", () => parts.RolledBack.Note is null ? 0 : 1, description: "1 when the required image failed here, and the machine went back to the image before or could not.");
        meter.CreateObservableGauge(
            "dom_sub_phase", () => new Measurement<int>((int)parts.State.Current.Phase, new KeyValuePair<string, object?>("phase", parts.State.Current.Phase.ToString())),
            description: "What the sub is doing.");
    }
}
