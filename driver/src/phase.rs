//! The progress of a request, and the next action for its stream.

use wicketgate_policy::Admission;

/// The next action for a stream.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Hand on what has come.
    Continue,
    /// Hand on nothing: it was answered, or it waits.
    Pause,
}

/// The gate's progress with the request.
#[derive(Default)]
pub enum Phase {
    /// No verdict yet, or a denial: nothing of the request is forwarded.
    #[default]
    Held,
    /// No rule covers it.
    Passed,
    /// It was allowed. The admission is kept until the response comes.
    Allowed(Option<Admission>),
}
