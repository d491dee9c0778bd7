using Dom.Core.Images;
using Dom.Core.Linux;

namespace Dom.Cli.Quickstart;

/// <summary>What a quickstart is to do.</summary>
/// <param name="From">The directory the image is made from; it is only read.</param>
/// <param name="Directory">Where everything is kept.</param>
/// <param name="Owner">Owner of all files of the image; null to keep the owners they have.</param>
/// <param name="Exit">End after the show instead of going on until Ctrl-C.</param>
internal sealed record QuickstartRequest(string From, string Directory, ImageOwner? Owner, bool Exit)
{
    /// <summary>The owner when the user names none: a user who is not root can only make files of his own.</summary>
    public static ImageOwner? DefaultOwner =>
        ProcessControl.EffectiveUser == 0 ? null : new ImageOwner(ProcessControl.EffectiveUser, ProcessControl.EffectiveGroup);
}
