namespace Dom.Roles.Hosting;

/// <summary>How far a connection has come that has not shown a good certificate. Each stage has a budget of its own.</summary>
internal enum ConnectionStage
{
    /// <summary>Nothing was sent, or a part of a TLS hello.</summary>
    Waiting,

    /// <summary>A whole TLS hello was sent; the handshake goes on.</summary>
    Handshake,

    /// <summary>Plain pages, or TLS without a good certificate.</summary>
    Stranger,
}
