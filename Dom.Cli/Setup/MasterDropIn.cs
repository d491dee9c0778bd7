using System.Text;

namespace Dom.Cli.Setup;

/// <summary>What <c>/etc/default/dominator</c> says, as systemd's drop-in for <c>dom-master.service</c>.</summary>
internal static class MasterDropIn
{
    /// <summary>Where it lies below the root.</summary>
    public const string Place = "etc/systemd/system/dom-master.service.d/50-etc-default-dominator.conf";

    /// <summary>The text; null when the file says nothing that concerns the unit.</summary>
    public static string? Text(DefaultsFile defaults, string source)
    {
        if (defaults.UserName.Length == 0 && defaults.ImageServerHostname.Length == 0)
        {
            return null;
        }

        var text = new StringBuilder($"# Written by `dom setup` from {source}: change that file and run `dom setup` again.\n[Service]\n");
        if (defaults.UserName.Length > 0)
        {
            text.Append($"User={defaults.UserName}\n");
        }

        if (defaults.ImageServerHostname.Length > 0)
        {
            text.Append($"Environment=DOM_Master__ImageServer={defaults.ImageServerHostname}\n");
        }

        return text.ToString();
    }
}
