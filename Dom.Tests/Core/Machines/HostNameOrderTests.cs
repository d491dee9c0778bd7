using Dom.Core.Machines;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Machines;

public sealed class HostNameOrderTests
{
    [TestCase("web9", "web10")]
    [TestCase("web9.example.com", "web10.example.com")]
    [TestCase("a2b10", "a2b11")]
    [TestCase("a", "a1")]
    [TestCase("rack2-web1", "rack10-web1")]
    [TestCase("127.0.0.1*9", "127.0.0.1*10")]
    [TestCase("n99999999999999999999998", "n99999999999999999999999")]
    [TestCase("n001", "n1")]
    public void Numbers_in_names_compare_by_value(string first, string second)
    {
        Assert.That(HostNameOrder.Instance.Compare(first, second), Is.Negative);
        Assert.That(HostNameOrder.Instance.Compare(second, first), Is.Positive);
    }

    [Test]
    public void The_order_is_total_and_transitive_for_any_names()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string Name() => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => "01a9.*"[random.Next(6)]));
        for (var i = 0; i < Counts.Of(5_000, 500_000); i++)
        {
            var (a, b, c) = (Name(), Name(), Name());
            var order = HostNameOrder.Instance;
            Assert.That(order.Compare(a, b) == 0, Is.EqualTo(a == b), $"seed {seed}: '{a}' '{b}'");
            Assert.That(Math.Sign(order.Compare(a, b)), Is.EqualTo(-Math.Sign(order.Compare(b, a))), $"seed {seed}: '{a}' '{b}'");
            if (order.Compare(a, b) < 0 && order.Compare(b, c) < 0)
            {
                Assert.That(order.Compare(a, c), Is.Negative, $"seed {seed}: '{a}' '{b}' '{c}'");
            }
        }
    }
}
