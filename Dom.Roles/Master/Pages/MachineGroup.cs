using Dom.Roles.Master.Machines;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>Machines that people ask for together.</summary>
/// <param name="Word">What <c>?group=</c> takes.</param>
/// <param name="Label">The words below the figure: <c>need a person</c>.</param>
/// <param name="Tone">How the figure feels when it is not 0.</param>
/// <param name="Has">True when a machine belongs to it.</param>
internal sealed record MachineGroup(string Word, string Label, Tone Tone, Func<MasterService, ManagedMachine, bool> Has);
