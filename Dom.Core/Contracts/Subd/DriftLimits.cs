namespace Dom.Core.Contracts.Subd;

/// <summary>What a sub that tells the truth about its drift never exceeds. The master keeps nothing of a page that does.</summary>
public static class DriftLimits
{
    /// <summary>Most records a sub keeps, and so the most it can send at once.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>Most records of a page.</summary>
    public const int MaxPage = 256;

    private const int MaxPath = 64 * 1024;

    /// <summary>What is wrong with a page; null when nothing is.</summary>
    /// <param name="page">The page.</param>
    /// <param name="after">The number of the record before its first.</param>
    public static string? Breach(DriftPage page, long after)
    {
        if (page.Records.Count > MaxPage)
        {
            return $"a page holds {page.Records.Count} records; {MaxPage} are allowed";
        }

        foreach (var record in page.Records)
        {
            if (record.Number <= after)
            {
                return $"record {record.Number} follows record {after}";
            }

            if (record.Path.Length > MaxPath || record.Old?.Target.Length > MaxPath || record.New?.Target.Length > MaxPath)
            {
                return $"record {record.Number} holds a path of more than {MaxPath} bytes";
            }

            if (record.Image.Length > PollLimits.MaxText)
            {
                return $"record {record.Number} names an image with {record.Image.Length} characters";
            }

            after = record.Number;
        }

        return null;
    }
}
