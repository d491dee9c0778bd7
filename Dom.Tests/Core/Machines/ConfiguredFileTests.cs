using Dom.Core.Machines;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Machines;

public sealed class ConfiguredFileTests
{
    [Test]
    public void A_file_written_while_it_is_read_is_not_believed()
    {
        using var directory = new TempDirectory();
        var path = directory.WriteFile("list", "old");
        using var file = ConfiguredFile.Open(path);
        var before = file.GetStatus();
        Assert.That(() => ConfiguredFile.CheckUnchanged(file, before, path), Throws.Nothing);
        File.AppendAllText(path, " and new");
        Assert.That(() => ConfiguredFile.CheckUnchanged(file, before, path), Throws.InstanceOf<IOException>().With.Message.Contains("changed while it was read"));
    }

    [Test]
    public void A_file_that_is_replaced_while_it_is_read_is_whole()
    {
        using var directory = new TempDirectory();
        var path = directory.WriteFile("list", "old");
        using var file = ConfiguredFile.Open(path);
        var before = file.GetStatus();
        File.Move(directory.WriteFile("other", "new"), path, overwrite: true);
        Assert.That(() => ConfiguredFile.CheckUnchanged(file, before, path), Throws.Nothing);
    }
}
