//! What comes of a request, as `serve.mjs` carries it out.

use crate::log;
use std::borrow::Cow;
use wicketgate_policy::{Admission, Answer, Edit, ResponseDecision, Verdict};

/// What is to be done, as `serve.mjs` knows it by its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Nothing yet: something has to be brought first.
    Later,
    /// It goes on as it is.
    Unchanged,
    /// It goes on, its headers changed.
    Changed,
    /// It goes on, its headers changed, and the response is judged.
    Allowed,
    /// It goes no further, and this is the answer.
    Answered,
}

/// What comes of a request or of a response.
#[derive(Debug)]
pub struct Judged {
    /// What is to be done.
    pub kind: Kind,
    /// Changes as lines: a name, and the value after `=` or a lone `-` where it is removed. Of an
    /// answer its status, and then names and values.
    pub text: String,
    /// The body of an answer.
    pub body: Vec<u8>,
    /// What is to be remembered of a request that was allowed.
    pub admission: Option<Admission>,
}

impl Judged {
    /// What a policy decided about a request.
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

    /// The answer where no policy could be asked, or it allowed no such request.
    pub fn unavailable() -> Self {
        Self::answered(&Answer::unavailable())
    }

    /// What a policy decided about a response.
    pub fn response(decision: ResponseDecision<'_>) -> Self {
        match decision {
            ResponseDecision::Forward { edits } => Self::changed(&edits),
            ResponseDecision::Replace { answer, audit } => {
                log::write(&audit);
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
        // Several of one name are possible where an origin's own headers are repeated.
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

/// Neither a name nor a value holds a line break: those that are removed come from a message, and
/// those that are set can't.
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
