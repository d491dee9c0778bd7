using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Policy;

namespace Dom.Roles.Master.Machines;

internal sealed partial class ManagedMachine
{
    /// <summary>What is known of the machine.</summary>
    public SubInfo Describe()
    {
        lock (_lock)
        {
            var required = Resolve(_entry.RequiredImage);
            return new SubInfo
            {
                Hostname = _entry.Hostname,
                Status = _status.Word(),
                Detail = _detail,
                Address = _entry.Host,
                Location = _entry.Location,
                RequiredImage = _entry.RequiredImage,
                RequiredManifest = required?.Manifest ?? default,
                NewerImage = NewerThan(required),
                PlannedImage = _entry.PlannedImage,
                Tags = _entry.Tags,
                UpdatesDisabled = _entry.DisableUpdates,
                Pause = _context.Pauses.Find(_entry.Hostname),
                LastAnswer = _lastAnswer,
                LastSync = _lastSync,
                LastUpdate = _lastUpdate,
                LastReboot = _lastReboot,
                ClockSkew = _skew ?? TimeSpan.Zero,
                Corrections = _corrections,
                SafetyStopPlan = FindStoppedPlan(required),
                HeldBy = _heldBy,
                State = _answer,
            };
        }
    }

    /// <summary>An image of its required image's directory that is newer; empty when there is none.</summary>
    public string NewerImage => NewerThan(Resolve(Entry.RequiredImage));

    /// <summary>Notes that <see cref="NewerImage"/> may be another one.</summary>
    public void NoteNewerImage() => NoteChange();

    /// <summary>The master that holds the machine; null when this one does, or nobody is known to.</summary>
    public MasterHold? HeldBy
    {
        get
        {
            lock (_lock)
            {
                return _heldBy;
            }
        }
    }

    /// <summary>The plan at which the safety stop holds the machine; none when it does not. Also known while updates are stopped.</summary>
    public ObjectId StoppedPlan
    {
        get
        {
            lock (_lock)
            {
                return FindStoppedPlan(Resolve(_entry.RequiredImage));
            }
        }
    }

    /// <summary>How far the machine's clock was ahead of the master's at its last answer. Shown, never used in a decision.</summary>
    public TimeSpan ClockSkew
    {
        get
        {
            lock (_lock)
            {
                return _skew ?? TimeSpan.Zero;
            }
        }
    }

    /// <summary>When the last answer came, by the master's clock; null when there was none.</summary>
    public DateTimeOffset? LastAnswer
    {
        get
        {
            lock (_lock)
            {
                return _lastAnswer;
            }
        }
    }

    /// <summary>The last answer; null when there was none.</summary>
    public PollResponse? Answer
    {
        get
        {
            lock (_lock)
            {
                return _answer;
            }
        }
    }

    private string NewerThan(ResolvedImage? required) => required is null ? "" : _context.Latest.NewerThan(required);

    private ObjectId FindStoppedPlan(ResolvedImage? required) =>
        _status.IsAlive() && _answer is { Plan: { Steps: > 0 } plan } answer && plan.Manifest == required?.Manifest
        && _context.Clears.Find(_entry.Hostname, plan.Id) is null && MachineJudge.SafetyObjection(_entry, required, answer, plan) is not null
            ? plan.Id
            : default;
}
