using System.Text;
using Dom.Core.Trees.Filters;
using Dom.Tests.Support;

namespace Dom.Tests.Interop.Filters;

/// <summary>Random expressions of the syntax RE2 and Python share, matched by both: an implementation that has nothing in common with ours.</summary>
public sealed class PythonRegexTests
{
    private const string Script = """
        import re, sys
        for line in sys.stdin.buffer.read().decode('utf-8').split('\n'):
            if line:
                expression, path = line.split('\t')
                print(1 if re.match('(?:' + expression + ')', path, re.ASCII) else 0)
        """;

    private static readonly string[] Atoms =
        ["a", "b", "/", "é", "€", "😀", ".", "[ab]", "[^a]", "[^/]", "[a-é]", @"\d", @"\w", @"\W", @"\S", @"\.", "1", "_", @"\b", @"\B", "^", "$", "(?i:A)", "(?s:.)", @"\x61", "[]b]", "[a-]"];

    private static readonly string[] Repeats = ["", "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?"];

    private static readonly string[] Letters = ["a", "b", "/", "é", "€", "😀", "1", "_", ".", "-", "A"];

    [Test]
    [CancelAfter(900_000)]
    public async Task Python_and_we_agree_on_random_expressions(CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var cases = new List<(string Expression, string Path)>();
        var tooLarge = 0;
        for (var i = 0; i < Counts.Of(400, 20_000); i++)
        {
            var expression = "/" + Expression(random, 3);
            if (IsTooLarge(expression))
            {
                tooLarge++;
                continue;
            }

            for (var j = 0; j < 8; j++)
            {
                cases.Add((expression, "/" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Letters[random.Next(Letters.Length)]))));
            }
        }

        Assert.That(tooLarge, Is.LessThan(Counts.Of(400, 20_000) / 20), "few of them may be refused for their repeat counts");
        var input = string.Join('\n', cases.Select(c => $"{c.Expression}\t{c.Path}"));
        var result = (await Tool.RunAsync("python3", ["-c", Script], Encoding.UTF8.GetBytes(input), timeout: TimeSpan.FromMinutes(10), cancellationToken: cancellationToken)).Expect();
        Assert.That(result.Lines, Has.Length.EqualTo(cases.Count));
        Assert.That(result.Lines.Count(l => l == "1"), Is.GreaterThan(cases.Count / 10), "a good part must match");
        var pattern = PathPattern.Parse("/");
        for (var i = 0; i < cases.Count; i++)
        {
            var (expression, path) = cases[i];
            pattern = pattern.Text == expression ? pattern : PathPattern.Parse(expression);
            Assert.That(pattern.Matches(Encoding.UTF8.GetBytes(path)), Is.EqualTo(result.Lines[i] == "1"), $"{expression} on {path}");
        }
    }

    /// <summary>Nested repeat counts that would make matching slow are refused by us alone.</summary>
    private static bool IsTooLarge(string expression)
    {
        try
        {
            return PathPattern.Parse(expression).Text != expression;
        }
        catch (FormatException e) when (e.Message.Contains("too large", StringComparison.Ordinal))
        {
            return true;
        }
    }

    private static string Expression(Random random, int depth)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i >= 0; i--)
        {
            var isGroup = depth > 0 && random.Next(5) == 0;
            var atom = isGroup ? $"({Expression(random, depth - 1)}|{Expression(random, depth - 1)})" : Atoms[random.Next(Atoms.Length)];

            // Python refuses to repeat what matches a place and not a character.
            var isPlace = atom is "^" or "$" or @"\b" or @"\B";
            text.Append(atom).Append(isPlace ? "" : Repeats[random.Next(Repeats.Length)]);
        }

        return text.ToString();
    }
}
