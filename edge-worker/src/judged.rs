//! The result of judging a request, as `serve.mjs` carries it out.

use crate::console;
use std::borrow::Cow;
use wicketgate_policy::{Admission, Answer, Edit, ResponseDecision, Verdict};

/// The next action. `serve.mjs` knows each by its place in this list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Something has to be brought before there is a decision.
    Later,
    /// Forward it as it is.
    Unchanged,
    /// Forward it with changed headers.
    Changed,
    /// Forward it with changed headers, and judge the response.
    Allowed,
    /// Answer it, and forward nothing.
    Answered,
}

/// The result of judging a request or a response.
#[derive(Debug)]
pub struct Judged {
    /// The next action.
    pub kind: Kind,
    /// Changes as lines: a name, and then `=` with its value, or a lone `-` to remove the header.
    /// For an answer: its status, and then names and values.
    pub text: String,
    /// The body of an answer.
    pub body: Vec<u8>,
    /// The admission of an allowed request, to keep until its response comes.
    pub admission: Option<Admission>,
}

impl Judged {
    /// A policy's decision about a request.
    pub fn request(verdict: Verdict<'_>) -> Self {
        match verdict {
            Verdict::Pass { edits } => Self::changed(&edits),
            Verdict::Allow(allow) => Self {
                kind: Kind::Allowed,
                admission: Some(allow.admission),
                ..Self::changed(&allow.edits)
            },
            Verdict::Deny(deny) => Self::answered(&deny.answer),
        }
    }

    /// The answer if no policy could be asked, or if a response belongs to no allowed request.
    pub fn unavailable() -> Self {
        Self::answered(&Answer::unavailable())
    }

    /// A policy's decision about a response.
    pub fn response(decision: ResponseDecision<'_>) -> Self {
        match decision {
            ResponseDecision::Forward { edits } => Self::changed(&edits),
            ResponseDecision::Replace { answer, audit } => {
                console::write(&audit);
                Self::answered(&answer)
            }
        }
    }

    fn changed(edits: &[Edit<'_>]) -> Self {
        let kind = if edits.is_empty() { Kind::Unchanged } else { Kind::Changed };
        Self { kind, text: lines(edits), body: Vec::new(), admission: None }
    }

    fn answered(answer: &Answer) -> Self {
        let mut text = answer.status.to_string();
        // One name can occur several times, if the origin repeated a header.
        for (name, value) in &answer.headers {
            for part in [name.as_str(), value.as_str()] {
                text.push('\n');
                text.push_str(part);
            }
        }
        Self { kind: Kind::Answered, text, body: answer.body.clone(), admission: None }
    }
}

impl Default for Judged {
    fn default() -> Self {
        Self::changed(&[])
    }
}

/// No name and no value has a line break: removed names come from a message, and the types of names
/// and values that are set exclude it.
fn lines(edits: &[Edit<'_>]) -> String {
    let mut text = String::new();
    for edit in edits {
        let (name, sign, value) = match edit {
            Edit::Remove(name) => (String::from_utf8_lossy(name), '-', ""),
            Edit::Set(name, value) => (Cow::Borrowed(name.as_str()), '=', value.as_str()),
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&name);
        text.push('\n');
        text.push(sign);
        text.push_str(value);
    }
    text
}
