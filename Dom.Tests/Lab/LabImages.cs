using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Lab;

/// <summary>Small images for one machine of the lab: they manage a directory, some units and, when they have it, the program itself, and nothing else.</summary>
internal sealed class LabImages(MachineLab lab, string area)
{
    private const string WithProgram = "/usr(|/bin(|/dom))$\n";

    /// <summary>Only what these lines match is managed: directories on the way, one below /opt, and units whose names begin with its name.</summary>
    private readonly string _filter = $"!\n/opt(|/{area}(|/.*))$\n/etc(|/systemd(|/system(|/{area}-.*)))$\n";

    /// <summary>The directory whose content is managed.</summary>
    public string Place => $"/opt/{area}";

    /// <summary>Makes and pushes an image.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="files">Absolute paths and contents.</param>
    /// <param name="triggers">Its triggers.</param>
    /// <param name="program">The program that the image brings as /usr/bin/dom; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task PushAsync(string name, IEnumerable<KeyValuePair<string, string>> files, IEnumerable<Trigger> triggers, byte[]? program, CancellationToken cancellationToken)
    {
        var place = $"/root/images/{name}";
        var onHost = lab.RootOf("head") + place;
        foreach (var directory in new[] { Place, "/etc/systemd/system" })
        {
            Directory.CreateDirectory(onHost + "/root" + directory);
        }

        foreach (var (path, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(onHost + "/root" + path)!);
            await File.WriteAllTextAsync(onHost + "/root" + path, content, cancellationToken);
        }

        if (program is not null)
        {
            Directory.CreateDirectory(onHost + "/root/usr/bin");
            await File.WriteAllBytesAsync(onHost + "/root/usr/bin/dom", program, cancellationToken);
            File.SetUnixFileMode(onHost + "/root/usr/bin/dom", (UnixFileMode)0b111_101_101);
        }

        await File.WriteAllTextAsync(onHost + "/filter", program is null ? _filter : _filter + WithProgram, cancellationToken);
        await File.WriteAllTextAsync(onHost + "/triggers", TriggerSet.Of(triggers).ToJson(), cancellationToken);
        await lab.ExecAsync("head", cancellationToken, "sh", "-c",
            $"find {place}/root -type f -exec touch -d @1000000000 {{}} + && dom image push {name} {place}/root --filter {place}/filter --triggers {place}/triggers");
    }

    /// <summary>A unit that writes what happens to it, with the content of a file of its name, to /run/lab.log; it does not start while that content is "broken".</summary>
    public KeyValuePair<string, string> Unit(string name, string remark = "") => new(
        $"/etc/systemd/system/{name}.service",
        $"""
        [Unit]
        Description=Test {name}
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh -c 'if grep -q broken {Place}/%N; then printf "the lab cannot listen\\033[31m on port 80\\n" >&2; exit 7; fi; echo start %N $$(cat {Place}/%N){remark} >> /run/lab.log'
        ExecStop=/bin/sh -c 'echo stop %N $$(cat {Place}/%N) >> /run/lab.log'
        ExecReload=/bin/sh -c 'echo reload %N $$(cat {Place}/%N) >> /run/lab.log'
        [Install]
        WantedBy=multi-user.target

        """);
}
