//! What a policy does with a request, and what is another in the other policy.

use wicketgate_policy::explain::Served;
use wicketgate_policy::{
    Answer, Certificate, Edit, Header, Names, Outcome, Peer, Policy, Request, Response,
    ResponseDecision, Time, Verdict,
};

use super::shot::Shot;

/// The kinds of changes, the most dangerous first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    /// Denied before, let through now.
    Opened,
    /// Let through before, denied now.
    Closed,
    /// Let through by both, as another caller.
    Caller,
    /// The client gets another answer.
    Answer,
    /// The origin gets other headers.
    Headers,
}

/// Everything that the client and the origin see of a decision.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Seen {
    /// It goes to the origin.
    Through {
        /// The rule that let it through; `None` if no rule covers it.
        rule: Option<String>,
        caller: Option<String>,
        /// The headers that the origin gets, sorted.
        origin: Vec<(Vec<u8>, Vec<u8>)>,
        /// What becomes of the origin's answer.
        answer: String,
    },
    /// It is answered.
    Denied { rule: Option<String>, reason: &'static str, answer: String },
    /// The core asks for something that no host has: a defect.
    Undecided,
}

impl Seen {
    /// Asks the core.
    pub(super) fn of(policy: &Policy, shot: &Shot) -> Self {
        let pairs = shot.pairs();
        let headers: Vec<Header<'_>> =
            pairs.iter().map(|(name, value)| Header { name, value }).collect();
        let peer = shot.peer.map(|peer| peer.to_string());
        let peer = peer.as_deref().map_or(Peer::Unknown, |peer| Peer::Address(peer.as_bytes()));
        let request = Request { headers: &headers, peer };
        let certificate = match &shot.certificate {
            None => Certificate::Absent,
            Some((kind, name)) => {
                let named = |of: &str| (of == *kind).then_some(name.as_bytes());
                Certificate::Valid(Names {
                    uri_san: named("uri"),
                    dns_san: named("dns"),
                    subject: named("subject"),
                })
            }
        };
        let served = Served::default().with_certificate(certificate);
        let Outcome::Decided(decision) = policy.decide_served(&request, served, shot.now) else {
            return Self::Undecided;
        };
        let edited = |edits: &[Edit<'_>]| {
            let mut pairs = pairs.clone();
            for edit in edits {
                match edit {
                    Edit::Remove(name) => {
                        pairs.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
                    }
                    Edit::Set(name, value) => {
                        let name = name.as_str().as_bytes();
                        pairs.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
                        pairs.push((name.to_vec(), value.as_bytes().to_vec()));
                    }
                }
            }
            pairs.sort();
            pairs
        };
        match &decision.verdict {
            Verdict::Pass { edits } => Self::Through {
                rule: None,
                caller: None,
                origin: edited(edits),
                answer: UNCHANGED.to_owned(),
            },
            Verdict::Allow(allow) => Self::Through {
                rule: allow.rule().map(str::to_owned),
                caller: allow.caller().map(str::to_owned),
                origin: edited(&allow.edits),
                answer: if allow.admission.leaves_response() {
                    UNCHANGED.to_owned()
                } else {
                    [b"200", b"500"].map(|status| response(policy, allow, status)).join("; ")
                },
            },
            Verdict::Deny(deny) => Self::Denied {
                rule: deny.rule.map(str::to_owned),
                reason: deny.reason.code(),
                answer: answer(&deny.answer),
            },
        }
    }

    pub(super) fn rule(&self) -> Option<&str> {
        match self {
            Self::Through { rule, .. } | Self::Denied { rule, .. } => rule.as_deref(),
            Self::Undecided => None,
        }
    }

    pub(super) fn caller(&self) -> Option<&str> {
        match self {
            Self::Through { caller, .. } => caller.as_deref(),
            Self::Denied { .. } | Self::Undecided => None,
        }
    }

    pub(super) fn answer(&self) -> &str {
        match self {
            Self::Through { answer, .. } | Self::Denied { answer, .. } => answer,
            Self::Undecided => "",
        }
    }

    pub(super) const fn is_through(&self) -> bool {
        matches!(self, Self::Through { .. })
    }

    /// The change from `self` to `after`, if client or origin see one.
    pub(super) fn change(&self, after: &Self) -> Option<Kind> {
        match (self, after) {
            (
                Self::Through { caller, origin, answer, .. },
                Self::Through {
                    caller: caller_after,
                    origin: origin_after,
                    answer: answer_after,
                    ..
                },
            ) => {
                if caller != caller_after {
                    Some(Kind::Caller)
                } else if answer != answer_after {
                    Some(Kind::Answer)
                } else if origin != origin_after {
                    Some(Kind::Headers)
                } else {
                    None
                }
            }
            (before, after) if before.is_through() != after.is_through() => {
                Some(if after.is_through() { Kind::Opened } else { Kind::Closed })
            }
            (before, after) => (before.answer() != after.answer()).then_some(Kind::Answer),
        }
    }
}

/// What becomes of the origin's answer if the gate leaves it alone.
const UNCHANGED: &str = "as the app answers";

/// What becomes of an answer of the origin's with this status.
fn response(policy: &Policy, allow: &wicketgate_policy::Allow<'_>, status: &[u8]) -> String {
    let header = |name, value| Header { name, value };
    let headers = [
        header(&b":status"[..], status),
        header(b"cache-control", b"public, max-age=60"),
        header(b"cdn-cache-control", b"max-age=60"),
    ];
    let headers = Response { headers: &headers };
    match policy.decide_response(&allow.admission, &headers, || Time::BUILD) {
        ResponseDecision::Replace { answer, .. } => {
            format!("a {} of the app becomes {}", answer.status, body(&answer))
        }
        ResponseDecision::Forward { edits } => {
            let set = edits.iter().filter_map(|edit| match edit {
                Edit::Set(name, value) => {
                    Some(format!("{}: {}", name.as_str(), shown(value.as_bytes())))
                }
                Edit::Remove(_) => None,
            });
            let set: Vec<String> = set.collect();
            let status = shown(status);
            if set.is_empty() {
                format!("a {status} of the app stays")
            } else {
                format!("a {status} of the app gets `{}`", set.join("`, `"))
            }
        }
    }
}

/// An answer of the gate in a line.
fn answer(answer: &Answer) -> String {
    let mut text = answer.status.to_string();
    for (name, value) in &answer.headers {
        text += &format!(", {}: {}", name.as_str(), shown(value.as_bytes()));
    }
    text + ", " + &body(answer)
}

fn body(answer: &Answer) -> String {
    if answer.body.is_empty() { "no body".to_owned() } else { format!("`{}`", shown(&answer.body)) }
}

fn shown(bytes: &[u8]) -> String {
    let printable =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    String::from_utf8_lossy(bytes).chars().map(printable).collect()
}
