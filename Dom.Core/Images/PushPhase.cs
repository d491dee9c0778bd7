namespace Dom.Core.Images;

/// <summary>The steps of a push.</summary>
public enum PushPhase
{
    /// <summary>The directory is read and hashed.</summary>
    Scan,

    /// <summary>The server is asked what it has.</summary>
    Check,

    /// <summary>What it lacks is sent.</summary>
    Upload,

    /// <summary>The server checks that everything is there and gives the image its name.</summary>
    Add,
}
