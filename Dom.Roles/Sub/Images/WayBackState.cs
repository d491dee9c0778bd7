namespace Dom.Roles.Sub.Images;

/// <summary>How far the way back from an image has come. Numbers are stored.</summary>
public enum WayBackState : byte
{
    /// <summary>The machine is as it was before the image.</summary>
    Done = 0,

    /// <summary>It is to be brought back, or is being.</summary>
    Due = 1,

    /// <summary>It could not be brought back, or not wholly.</summary>
    Failed = 2,
}
