namespace Dom.Roles.Pages;

/// <summary>Answers a request for one page.</summary>
public delegate ValueTask<PageResult> PageHandler(PageRequest request, CancellationToken cancellationToken);
