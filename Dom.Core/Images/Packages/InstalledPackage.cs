namespace Dom.Core.Images.Packages;

/// <summary>A package that an image says it has.</summary>
/// <param name="Name">Its name, with the architecture where several can be installed side by side: <c>libc6:amd64</c>.</param>
/// <param name="Version">Its version.</param>
public readonly record struct InstalledPackage(string Name, string Version);
