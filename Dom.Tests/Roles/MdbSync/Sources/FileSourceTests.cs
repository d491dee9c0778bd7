using Dom.Core.Machines;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.MdbSync.Sources;

/// <summary>Lists in files.</summary>
[CancelAfter(60_000)]
public sealed class FileSourceTests
{
    [Test]
    public async Task A_file_is_read_when_it_changes_and_its_fault_is_told_until_it_is_mended(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var clock = new FakeTimeProvider();
        var path = directory.WriteFile("list", "a\nb\n");
        using var source = Source(path, clock);
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Count, Is.EqualTo(2));
        clock.Advance(TimeSpan.FromSeconds(10));
        await source.ReadAsync(MachineList.Empty, token);
        Assert.That(await source.ReadAsync(MachineList.Empty, token), Is.SameAs(SourceReading.Unchanged));
        await File.WriteAllTextAsync(path, "a\na\n", token);
        for (var i = 0; i < 4; i++)
        {
            Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.TypeOf<MachineListException>().With.Message.Contains("twice"));
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        File.Delete(path);
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>().With.Message.Contains(path));
        directory.WriteFile("other", "c\n");
        File.CreateSymbolicLink(path, "other");
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Find("c"), Is.Not.Null);
    }

    [Test]
    public async Task What_is_no_file_or_too_large_is_refused(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var pipe = directory.Combine("pipe");
        await Tool.RunAsync("mkfifo", [pipe], cancellationToken: token);
        foreach (var (path, message) in new[] { (pipe, "no regular file"), ("/dev/null", "no regular file"), (directory.Path, ""), (directory.WriteFile("large", new string('\n', 10_001)), "more than 10000 bytes") })
        {
            using var source = Source(path, TimeProvider.System);
            Assert.That(
                async () => await source.ReadAsync(MachineList.Empty, token),
                Throws.InstanceOf<Exception>().With.Matches<Exception>(e => e is IOException or MachineListException).And.Message.Contains(message));
        }
    }

    private static FileSource Source(string path, TimeProvider clock) =>
        new(SourceDefinitionParser.Parse($"hostlist {path}"), new SourceLimits(TimeSpan.FromSeconds(20), 10_000, MachineListLimits.Default), clock);
}
