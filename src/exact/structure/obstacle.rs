//! Why a model's structure has no exact answer.

/// What makes the components of a model depend on each other, or leaves them without a long run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Obstacle {
    /// A mode has a common cause.
    #[error("`{0}` also strikes all replicas at once (common cause), so that they do not fail independently")]
    CommonCause(String),
    /// A mode occurs by a calendar, or as recorded.
    #[error("`{0}` happens by a calendar, or as it was recorded, to all at the same time")]
    Scheduled(String),
    /// A mode is never repaired where there is to be a long run.
    #[error("`{0}` is never repaired, so that there is no long run")]
    NeverRepaired(String),
    /// A mode is repaired where the answer is about life without repair.
    #[error("`{0}` is repaired, so that there is more than one life")]
    Repaired(String),
    /// The clocks of a mode depend on a service.
    #[error("the clocks of `{0}` run only while another service is up")]
    AgesWhileServiceUp(String),
    /// A mode runs on while others hold its thing down, and these wait for it.
    #[error("the clocks of `{0}` run on while other failures hold the same thing down, and those wait for its repair")]
    RunsOn(String),
    /// Numbers are uncertain.
    #[error("numbers of `{0}` are uncertain: an exact value would hold for one draw of them only")]
    Uncertain(String),
    /// People may be too few.
    #[error("team `{team}` may be too few ({people}) for {things} incidents at once, which then wait for each other")]
    Waits {
        /// The team.
        team: String,
        /// How many they are.
        people: u32,
        /// How many incidents there can be at a time.
        things: u32,
    },
    /// People do not begin at once.
    #[error("people of team `{0}` do not always begin at once, also where enough of them are free")]
    Hours(String),
    /// Incidents go from team to team.
    #[error("team `{0}` hands on incidents that nobody has acknowledged in time")]
    Escalates(String),
    /// Repairs need parts.
    #[error("repairs of `{0}` wait for spare parts")]
    Spares(String),
    /// A repair has steps that may follow each other in several ways.
    #[error("`{0}` is repaired by a runbook")]
    Runbook(String),
    /// A repair does not make a thing new.
    #[error("`{0}` is not as good as new after a repair")]
    AfterRepair(String),
    /// Hazards depend on who else is up.
    #[error("`{0}` comes sooner where others have failed and leave their load")]
    Load(String),
    /// A thing is replaced before it fails.
    #[error("`{0}` replaces things before they fail")]
    Preventive(String),
    /// A failure is hidden.
    #[error("`{0}` is hidden until an inspection finds it")]
    Hidden(String),
    /// Replicas wait to take over.
    #[error("replicas of `{0}` stand by and take over from each other")]
    Standby(String),
    /// Replicas come and go.
    #[error("the number of replicas of `{0}` follows its load")]
    Scaled(String),
    /// New versions come.
    #[error("new versions of `{0}` are released, and some may be bad")]
    Released(String),
    /// Clocks are not new at the start where the answer is about one life.
    #[error("`{0}` does not start new")]
    Aged(String),
    /// A mean is zero or infinite.
    #[error("`{0}` has no finite mean time of failure or repair, so that there is no long run")]
    NoMean(String),
    /// Times are constants, so that things fail in step for ever.
    #[error("the times of `{0}` are constants (or come from a list), so that it may keep in step with others for ever")]
    Rhythm(String),
}
