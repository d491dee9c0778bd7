using Dom.Core.Telemetry;

namespace Dom.Roles.ImageServer;

/// <summary>The metrics of an image server.</summary>
internal static class ImageServerMetrics
{
    /// <summary>Makes the instruments; each reads the state when it is asked.</summary>
    public static void Publish(MetricsRegistry registry, ImageServerState state)
    {
        var meter = registry.Meter;
        meter.CreateObservableGauge("dom_imageserver_images", () => state.Names.Count, description: "Images with a name.");
        meter.CreateObservableGauge("dom_imageserver_uploads", () => state.Leases.Count, description: "Upload leases in force.");
        meter.CreateObservableGauge("dom_imageserver_damaged_names", () => state.Names.Damaged, description: "Name files that could not be read at the start.");
        meter.CreateObservableGauge(
            "dom_imageserver_free_bytes", () => state.Archive.Objects.GetFileSystemStatus().AvailableBytes, description: "Free space of the store's file system.");
        meter.CreateObservableCounter(
            "dom_imageserver_received_bytes_total", () => state.Counters.BytesReceived, description: "Bytes of objects and blocks uploaded.");
        meter.CreateObservableCounter(
            "dom_imageserver_sent_bytes_total", () => state.Counters.BytesSent, description: "Bytes of objects, blocks and manifests sent.");
        meter.CreateObservableCounter("dom_imageserver_images_added_total", () => state.Counters.ImagesAdded, description: "Images added since the start.");
        meter.CreateObservableGauge(
            "dom_imageserver_damaged_objects", () => state.Archive.DamagedCount, description: "Objects set aside as damaged and not stored again since.");
        meter.CreateObservableCounter(
            "dom_imageserver_scrubbed_bytes_total", () => state.Scrubber.Bytes, description: "Bytes verified by the scrub since the start.");
        meter.CreateObservableCounter(
            "dom_imageserver_scrub_passes_total", () => state.Scrubber.Passes, description: "Whole scrub passes since the start.");
        meter.CreateObservableGauge(
            "dom_imageserver_garbage_removed_bytes", () => state.Garbage.Last?.RemovedBytes ?? 0, description: "Bytes that the last collection of garbage removed.");
        meter.CreateObservableGauge(
            "dom_imageserver_garbage_blocked", () => state.Garbage.Fault is null ? 0 : 1, description: "1 when garbage cannot be collected because an image cannot be read.");
        meter.CreateObservableCounter(
            "dom_imageserver_corrupt_objects_total", () => state.Archive.CorruptFound, description: "Stored files whose bytes had another digest than their name.");
    }
}
