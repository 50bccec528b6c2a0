//! How closely requests are followed.

/// How requests are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fidelity {
    /// As rates: cost follows incidents, and waiting and loss come from queueing formulas.
    Flow,
    /// Each as a chain of events.
    Request,
}

impl Fidelity {
    /// As on the command line: `flow` or `request`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Request => "request",
        }
    }
}
