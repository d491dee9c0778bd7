using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Trees.Triggers;
using Dom.Tests.Roles.Sub.Update;

namespace Dom.Tests.Faults;

/// <summary>A tree and an update of it that takes every kind of step, with services around it.</summary>
internal sealed class FaultScenario(string directory)
{
    private static readonly (string Path, string Old, string New)[] Expected =
    [
        ("/dir", "nothing", "directory 750"),
        ("/dir/new", "nothing", "file 600 brand new"),
        ("/etc/one", "file 644 old one", "file 755 new one"),
        ("/etc/two", "file 600 old two", "file 644 new two"),
        ("/etc/link", "link one", "link two"),
        ("/lib", "directory 755", "link usr/lib"),
        ("/conf", "file 644 a file", "directory 755"),
        ("/conf/d", "nothing", "file 644 in a directory"),
        ("/mode", "file 644 same content", "file 400 same content"),
        ("/names/a", "nothing", "file 644 linked"),
        ("/names/b", "file 644 was apart", "file 644 linked"),
        ("/gone", "file 644 to be deleted", "nothing"),
        ("/opt/app/x", "file 644 x", "nothing"),
        ("/opt/app", "directory 755", "nothing"),
    ];

    public static TriggerActions Services { get; } = new() { Stop = ["cron", "ssh"], Start = ["cron", "ssh", "new"], Reload = ["syslog"], Reboot = true };

    /// <summary>The image the tree has before the update, to which there is a way back.</summary>
    public static ImageReference Previous { get; } = new() { Name = "test/0", Manifest = ObjectId.Of("the manifest before"u8) };

    /// <summary>The contents that the update replaces or removes.</summary>
    private static string[] Replaced { get; } = ["old one", "old two", "a file", "was apart", "to be deleted", "x", "more"];

    public string Root => Path.Combine(directory, "root");

    public string ServiceCommand => Path.Combine(directory, "service");

    private string ServiceLog => Path.Combine(directory, "services.log");

    /// <summary>Makes the tree as it is before the update.</summary>
    public void Populate()
    {
        Directory.CreateDirectory(Root);
        File.WriteAllText(ServiceCommand, $"#!/bin/sh\necho \"$1 $2\" >> {ServiceLog}\n");
        File.SetUnixFileMode(ServiceCommand, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("etc/one", "old one");
        Write("etc/two", "old two", 0b110_000_000);
        File.CreateSymbolicLink(Path.Combine(Root, "etc/link"), "one");
        Write("lib/loader", "loader");
        Write("lib/below/more", "more");
        Write("usr/lib/loader", "loader");
        Write("conf", "a file");
        Write("mode", "same content");
        Write("names/b", "was apart");
        Write("gone", "to be deleted");
        Write("opt/app/x", "x");
    }

    /// <summary>Adds the steps to a tree that is as <see cref="Populate"/> made it.</summary>
    public void AddSteps(UpdateTree tree) => tree
        .Directory_("/dir", 0x1e8).File_("/dir/new", "brand new", 0x180)
        .Directory_("/conf").File_("/conf/d", "in a directory")
        .File_("/names/a", "linked").HardLink("/names/b", "/names/a", "linked")
        .File_("/etc/one", "new one", 0x1ed).File_("/etc/two", "new two").Link_("/etc/link", "two")
        .Link_("/lib", "usr/lib").Mode("/mode", 0x100)
        .Delete("/gone").Delete("/opt/app/x").RemoveDirectory("/opt/app")
        .Delete("/lib/below/more").RemoveDirectory("/lib/below").Delete("/lib/loader").RemoveDirectory("/lib");

    /// <summary>Every path is as before or as after, none in between.</summary>
    public static void AssertEachIsOldOrNew(UpdateTree tree) => Assert.That(Violations(tree), Is.Empty);

    /// <summary>The paths that are neither as before nor as after, and how they are.</summary>
    public static List<string> Violations(UpdateTree tree)
    {
        var violations = new List<string>();
        foreach (var (path, old, wanted) in Expected)
        {
            var now = tree.Describe(path);
            if (now != old && now != wanted)
            {
                violations.Add($"{path}: {now}");
            }
        }

        // The loader can be found at any time.
        var loader = File.Exists(tree.At("/lib/loader")) ? File.ReadAllText(tree.At("/lib/loader")) : "nothing";
        if (loader != "loader")
        {
            violations.Add($"/lib/loader: {loader}");
        }

        return violations;
    }

    /// <summary>True when no step was done.</summary>
    public static bool IsOld(UpdateTree tree) => Array.TrueForAll(Expected, e => tree.Describe(e.Path) == e.Old);

    public static void AssertAllNew(UpdateTree tree)
    {
        foreach (var (path, _, wanted) in Expected)
        {
            Assert.That(tree.Describe(path), Is.EqualTo(wanted), path);
        }

        Assert.That(tree.Root.GetStatus("names/a"u8).Inode, Is.EqualTo(tree.Root.GetStatus("names/b"u8).Inode));
        Assert.That(Directory.Exists(tree.At("/.subd/staging")) ? Directory.GetFileSystemEntries(tree.At("/.subd/staging")) : [], Is.Empty);
        Assert.That(Directory.GetDirectories(tree.At("/.subd"), "discarded-*"), Is.Empty);
        Assert.That(Directory.Exists(tree.At("/.subd/kept")), Is.False);
        foreach (var content in Replaced)
        {
            Assert.That(File.ReadAllText(tree.At($"/.subd/previous/{ObjectId.Of(System.Text.Encoding.UTF8.GetBytes(content))}")), Is.EqualTo(content), "kept for the way back");
        }

        Assert.That(tree.PreviousImage, Is.EqualTo(Previous));
    }

    /// <summary>Whatever was stopped was started after it, and nothing is left to do.</summary>
    public void AssertServicesRun(UpdateTree tree)
    {
        var log = File.Exists(ServiceLog) ? File.ReadAllLines(ServiceLog) : [];
        foreach (var service in Services.Stop)
        {
            var stopped = Array.LastIndexOf(log, $"stop {service}");
            Assert.That(stopped < 0 || Array.LastIndexOf(log, $"start {service}") > stopped, Is.True, $"{service}: {string.Join(", ", log)}");
        }

        Assert.That(File.Exists(tree.At("/.subd/services")), Is.False);
        Assert.That(File.Exists(tree.At("/.subd/journal")), Is.False);
    }

    /// <summary>What belongs to the swap was not done without it: an update that was dropped restarts no machine.</summary>
    public void AssertOnlyStoppedServicesWereStarted()
    {
        var log = File.Exists(ServiceLog) ? File.ReadAllLines(ServiceLog) : [];
        Assert.That(log.Except(Services.Stop.SelectMany(static service => new[] { $"stop {service}", $"start {service}" })), Is.Empty);
    }

    private void Write(string path, string content, int mode = 0b110_100_100)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? Root);
        File.WriteAllText(file, content);
        File.SetUnixFileMode(file, (UnixFileMode)mode);
    }
}
