//! Checks that `policy` and the executable specification agree about a target.
//!
//! - [`gates`]: the policies that both are asked about;
//! - [`core`]: what the core says, found out through its public interface alone;
//! - [`generate`]: seeded targets that mean something to a gate;
//! - [`list`]: the targets of `vectors/paths`.

pub mod core;
pub mod gates;
pub mod generate;
pub mod list;

use gates::Subject;
use wicketgate_spec::Verdict;

/// A target on which the two differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The policy.
    pub gate: &'static str,
    /// The host that it was sent to.
    pub host: &'static str,
    /// The shortest target on which they still differ.
    pub target: Vec<u8>,
    /// The specification's verdict.
    pub expected: Verdict,
    /// The core's different behaviour.
    pub found: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { gate, host, target, expected, found } = self;
        write!(f, "gate `{gate}`, host `{host}`, target `{}`: ", target.escape_ascii())?;
        write!(f, "the specification says {expected:?}; {found}")
    }
}

/// Asks both about a target. If they differ, first cuts the target down to the parts that matter.
///
/// # Errors
///
/// The [`Difference`].
pub fn compare(
    subject: &Subject,
    host: &'static str,
    target: &[u8],
) -> Result<Verdict, Box<Difference>> {
    let (mut expected, sure) = subject.gate.judge_closely(target, host);
    let Some(mut found) = subject.core.contradicts(&expected, sure, host, target) else {
        return Ok(expected);
    };
    let mut shortest = target.to_vec();
    let mut at = 0;
    while at < shortest.len() {
        let mut shorter = shortest.clone();
        shorter.remove(at);
        let (says, sure) = subject.gate.judge_closely(&shorter, host);
        match subject.core.contradicts(&says, sure, host, &shorter) {
            Some(difference) => {
                (expected, found) = (says, difference);
                shortest = shorter;
                at = 0;
            }
            None => at += 1,
        }
    }
    Err(Box::new(Difference { gate: subject.name, host, target: shortest, expected, found }))
}
