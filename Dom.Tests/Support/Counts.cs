namespace Dom.Tests.Support;

/// <summary>How often a property test repeats: small counts in an ordinary run, full ones with <c>run.sh --long</c>.</summary>
/// <remarks><c>DOM_TEST_COUNT</c> is unset or <c>small</c>, <c>full</c>, or a factor on the small count such as <c>0.1</c> or <c>5</c>.</remarks>
public static class Counts
{
    private static readonly string Scale = Environment.GetEnvironmentVariable("DOM_TEST_COUNT") ?? "";

    /// <summary>True in a run with full counts.</summary>
    public static bool IsFull => Scale == "full";

    /// <summary>The number of repetitions for this run, at least 1.</summary>
    public static int Of(int small, int full)
    {
        if (Scale is "" or "small")
        {
            return small;
        }

        if (Scale == "full")
        {
            return full;
        }

        return double.TryParse(Scale, System.Globalization.CultureInfo.InvariantCulture, out var factor) && factor > 0
            ? (int)Math.Clamp(small * factor, 1, int.MaxValue)
            : throw new InvalidOperationException($"DOM_TEST_COUNT is '{Scale}'; it must be small, full or a positive number");
    }
}
