namespace Dom.Core.Machines;

/// <summary>How many machines of a list are missing from the one that is to replace it.</summary>
/// <param name="Lost">Machines that are missing.</param>
/// <param name="Of">Machines there were.</param>
/// <param name="Examples">Names of the first that are missing, at most as many as were asked for.</param>
public readonly record struct MachineListLoss(int Lost, int Of, IReadOnlyList<string> Examples)
{
    private const int FewExamples = 10;

    /// <summary>Compares two lists by host name.</summary>
    /// <param name="older">The list in force.</param>
    /// <param name="newer">The list that is to replace it.</param>
    /// <param name="accepted">Names that may be missing; null for none.</param>
    /// <param name="maxExamples">How many names to keep.</param>
    public static MachineListLoss Between(MachineList older, MachineList newer, IReadOnlySet<string>? accepted = null, int maxExamples = FewExamples)
    {
        var lost = 0;
        List<string> examples = [];
        foreach (var machine in older.Machines)
        {
            if (newer.Find(machine.Hostname) is null && accepted?.Contains(machine.Hostname) != true)
            {
                lost++;
                if (examples.Count < maxExamples)
                {
                    examples.Add(machine.Hostname);
                }
            }
        }

        return new MachineListLoss(lost, older.Count, examples);
    }

    /// <summary>True when more than this share is lost. One machine may always go, so that small fleets can shrink.</summary>
    public bool Exceeds(int percent) => Lost > 1 && Lost * 100L > Of * (long)percent;
}
