using Dom.Cli.Output;
using Dom.Roles.Pages;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Output;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConsoleOutputTests : IDisposable
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void Columns_are_as_wide_as_their_content_and_figures_stand_right()
    {
        var table = new TextTable<(string Name, int Size)>().Column("NAME", r => r.Name).Number("SIZE", r => Amounts.Count(r.Size));
        Make(json: false).Table(table, [("a", 5), ("longer", 12_345)]);

        Assert.That(_out.ToString(), Is.EqualTo("NAME      SIZE\na            5\nlonger  12,345\n"));
    }

    [Test]
    public void Names_cannot_control_the_terminal()
    {
        Make(json: false).Line("a\u001b[31mb\u0007");

        Assert.That(_out.ToString(), Is.EqualTo("a\\x1b[31mb\\x07\n"));
    }

    [Test]
    public void With_JSON_standard_output_holds_only_the_document()
    {
        var output = Make(json: true);
        output.Line("for people");
        output.Note("for people");
        output.Document(new ConfigCheckDocument(true, 3), OutputJson.Default.ConfigCheckDocument);

        Assert.That(_out.ToString().ReplaceLineEndings("\n"), Is.EqualTo("{\n  \"schema_version\": 1,\n  \"good\": true,\n  \"keys_set\": 3\n}\n"));
        Assert.That(_error.ToString(), Is.Empty);
    }

    [Test]
    public void Progress_is_silent_where_there_is_no_terminal()
    {
        using (var progress = Make(json: false).Progress("uploading"))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Bytes(1, 2);
        }

        Assert.That(_error.ToString(), Is.Empty);
    }

    [Test]
    public void Progress_on_a_terminal_is_shown_at_most_ten_times_a_second_and_removed()
    {
        using (var progress = new ProgressLine(_error, "uploading", _time))
        {
            progress.Bytes(1, 4);
            _time.Advance(TimeSpan.FromMilliseconds(200));
            progress.Bytes(2, 4);
            progress.Bytes(3, 4);
        }

        Assert.That(_error.ToString(), Is.EqualTo("\ruploading [############............] 2 B of 4 B, 10 B/s\e[K\r\e[K"));
    }

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    private ConsoleOutput Make(bool json) => new(_out, _error, json, outputIsTerminal: false, errorIsTerminal: false, _time);
}
