using Dom.Roles.Master.Images;

namespace Dom.Roles.Master.Pages;

/// <summary>How many machines have to do with an image.</summary>
internal sealed class ImageUse
{
    /// <summary>The image's name.</summary>
    public required string Name { get; init; }

    /// <summary>The image, once it is known.</summary>
    public ResolvedImage? Image { get; set; }

    /// <summary>Why it is not known.</summary>
    public string Error { get; set; } = "";

    /// <summary>A newer image in its directory; empty when there is none, or machines do not require this one.</summary>
    public string Newer { get; set; } = "";

    /// <summary>Machines that must be equal to it.</summary>
    public int Required { get; set; }

    /// <summary>Machines that will need it next.</summary>
    public int Planned { get; set; }

    /// <summary>Machines to which it was applied last.</summary>
    public int Applied { get; set; }

    /// <summary>Machines that must be equal to it and are.</summary>
    public int InSync { get; set; }

    /// <summary>True when machines need it.</summary>
    public bool IsNeeded => Required + Planned > 0;
}
