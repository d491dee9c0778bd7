using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>One lab for all tests that need booted machines: <c>head</c> with master and image server, <c>m1</c> and <c>m2</c>. Made for the first that asks.</summary>
[SetUpFixture]
public sealed class SharedLab
{
    private static readonly SemaphoreSlim Making = new(1);

    private static TempDirectory? _directory;
    private static MachineLab? _lab;

    /// <summary>The lab, up.</summary>
    public static async Task<MachineLab> GetAsync()
    {
        await Making.WaitAsync();
        try
        {
            return _lab ??= await MakeAsync(_directory ??= new TempDirectory("dom-lab-"));
        }
        finally
        {
            Making.Release();
        }
    }

    /// <summary>Whatever happened, nothing of it stays.</summary>
    [OneTimeTearDown]
    public async Task Nothing_is_left()
    {
        if (_directory is not { } directory)
        {
            return;
        }

        try
        {
            if (_lab is { } lab)
            {
                await lab.DisposeAsync();
            }

            Assert.That(Directory.Exists(directory.Combine("lab")), Is.False);
            Assert.That(await File.ReadAllTextAsync("/proc/self/mountinfo"), Does.Not.Contain(directory.Path));
        }
        finally
        {
            directory.Dispose();
        }
    }

    private static async Task<MachineLab> MakeAsync(TempDirectory directory)
    {
        // A developer who has a package of these sources, or a root, does not wait for another.
        var package = Given("DOM_LAB_DEB") ?? directory.Combine("dom.deb");
        var lab = new MachineLab(directory.Combine("lab"), package, Given("DOM_LAB_ROOT") ?? directory.Combine("root.ext4"));
        try
        {
            var building = Given("DOM_LAB_DEB") is null
                ? Tool.RunAsync(Repository.Combine("packaging", "build-deb.sh"), [.. DomProgram.Published is { } program ? ["--program", program] : Array.Empty<string>(), package], timeout: TimeSpan.FromMinutes(10))
                : Tool.RunOkAsync("dpkg-deb", "--info", package);
            (await building).Expect();
            (await lab.LabAsync(CancellationToken.None, "up", "2")).Expect();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    private static string? Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
