using System.Reflection;

namespace Dom.Roles.Hosting;

/// <summary>The version of this program.</summary>
public static class BuildVersion
{
    /// <summary>Version as built, with the source revision after a plus when there is one.</summary>
    public static string Text { get; } =
        typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
