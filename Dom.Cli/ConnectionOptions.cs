using System.CommandLine;
using Dom.Cli.Configuration;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli;

/// <summary>The options every command takes.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string> _master = Make("--master", "HOST[:PORT]", "The master to talk to.");
    private readonly Option<string> _imageServer = Make("--imageserver", "HOST[:PORT]", "The image server to talk to.");
    private readonly Option<string> _mdbServer = Make("--mdbserver", "HOST[:PORT]", "The mdb-sync to talk to.");
    private readonly Option<string> _lockManager = Make("--lockmanager", "HOST[:PORT]", "The lock-manager to talk to.");
    private readonly Option<string> _certificate = Make("--cert", "FILE", "Your certificate.");
    private readonly Option<string> _key = Make("--key", "FILE", "The key of your certificate.");
    private readonly Option<string> _ca = Make("--ca", "FILE", "The certificate authority of the servers.");
    private readonly Option<string> _config = Make("--config", "FILE", $"Configuration instead of {ConfigurationSources.DefaultFile}.");

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Sets one value of the configuration; may be repeated.",
        HelpName = "Section.Key=VALUE",
        Recursive = true,
    };

    private readonly Option<string> _timeout = Make("--timeout", "TIME", "Gives up after this time, such as 30s or 5min.");

    private readonly Option<bool> _json = new("--json") { Description = "Prints one JSON document for programs.", Recursive = true };

    /// <summary>Adds the options to the root, for all commands below it.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in new Option[] { _master, _imageServer, _mdbServer, _lockManager, _certificate, _key, _ca, _config, _set, _timeout, _json })
        {
            root.Options.Add(option);
        }
    }

    /// <summary>True when output is for a program.</summary>
    public bool IsJson(ParseResult arguments) => arguments.GetValue(_json);

    /// <summary>How long the command may take; null for no limit of the user's.</summary>
    public TimeSpan? Timeout(ParseResult arguments)
    {
        if (arguments.GetValue(_timeout) is not { } text)
        {
            return null;
        }

        try
        {
            var timeout = DurationText.Parse(text);
            return timeout > TimeSpan.Zero ? timeout : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, "BadTimeout", $"--timeout '{text}' is not a length of time", "write 30s, 5min or 1h");
        }
    }

    /// <summary>Reads the configuration with the values of these options in it.</summary>
    public LoadedConfiguration Load(ParseResult arguments)
    {
        var flags = new List<Assignment>();
        Add("--master", _master, "Master");
        Add("--imageserver", _imageServer, "ImageServer");
        Add("--mdbserver", _mdbServer, "MdbServer");
        Add("--lockmanager", _lockManager, "LockManager");
        Add("--cert", _certificate, "CertificateFile", isPath: true);
        Add("--key", _key, "KeyFile", isPath: true);
        Add("--ca", _ca, "CaFile", isPath: true);
        return LoadedConfiguration.Load(DomSchema.Sections, new ConfigurationSources
        {
            File = arguments.GetValue(_config) is { } file ? Path.GetFullPath(file) : null,
            Environment = ConfigurationSources.ProcessEnvironment(),
            Sets = arguments.GetValue(_set) ?? [],
            Flags = flags,
        });

        void Add(string flag, Option<string> option, string key, bool isPath = false)
        {
            if (arguments.GetValue(option) is { } value)
            {
                flags.Add(new Assignment(ClientOptions.Section.Name, key, isPath ? Path.GetFullPath(value) : value, flag));
            }
        }
    }

    private static Option<string> Make(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, Recursive = true };
}
