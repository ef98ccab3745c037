//! The observed behaviour of a host on a vector.

use super::{Decides, Vector};

/// Something that vectors can be run against.
pub trait Subject {
    /// Its name in reports.
    fn name(&self) -> &str;

    /// Puts the vector's request to the vector's policy. A subject that can't (its host did not
    /// start, the policy was refused) says so in [`Observation::failure`].
    fn run(&mut self, vector: &Vector) -> Observation;
}

/// The observed behaviour of a subject. A part that a host can't show is `None`, and is not
/// compared.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Why there is nothing else to see.
    pub failure: Option<String>,
    /// The status with which the host answered by itself, without asking the gate; 0 where it
    /// closed the connection instead.
    pub refused_by_host: Option<u16>,
    /// The decision.
    pub decision: Decides,
    /// The gate's explanation, if the subject shows it beside the audit line.
    pub explanation: Option<Explanation>,
    /// The gate's answer to the client.
    pub answer: Option<Answer>,
    /// The request that the origin got.
    pub forwarded: Option<Forwarded>,
    /// Every audit line, as it was written.
    pub lines: Vec<String>,
}

/// The gate's explanation of its decision.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The reason code.
    pub reason: Option<String>,
    /// The id of the rule.
    pub rule: Option<String>,
    /// The name of the caller.
    pub caller: Option<String>,
}

/// An answer of the gate.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body, a character for each byte; none where the method spares the client the body.
    pub body: Option<String>,
}

/// A request on its way to the origin.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// The target.
    pub target: String,
    /// The headers in their order, a character for each byte.
    pub headers: Vec<(String, String)>,
    /// The trailers, where the host sends any on.
    pub trailers: Option<Vec<(String, String)>>,
}

impl Observation {
    /// The parts that every host shows: the decision, the request to the origin, and the log.
    #[must_use]
    pub fn of(decision: Decides, forwarded: Option<Forwarded>, lines: Vec<String>) -> Self {
        Self {
            failure: None,
            refused_by_host: None,
            decision,
            explanation: None,
            answer: None,
            forwarded,
            lines,
        }
    }

    /// Nothing to see, and why.
    #[must_use]
    pub fn failed(why: impl Into<String>) -> Self {
        Self { failure: Some(why.into()), ..Self::of(Decides::Deny, None, Vec::new()) }
    }
}
