//! What comes of a request, as `serve.mjs` carries it out.

use crate::clock::now;
use crate::gate::Gate;
use crate::{log, message};
use std::borrow::Cow;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wicketgate_policy::{Admission, Answer, Edit, ResponseDecision, Verdict};

/// What is to be done.
#[wasm_bindgen]
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

/// What comes of a request, and then of its response.
#[wasm_bindgen]
pub struct Judged {
    kind: Kind,
    text: String,
    body: Vec<u8>,
    admitted: Option<(Rc<Gate>, Admission)>,
}

#[wasm_bindgen]
impl Judged {
    /// What is to be done.
    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Changes as lines: a name, and the value after `=` or a lone `-` where it is removed. Of an
    /// answer its status, and then names and values. It is handed over once.
    pub fn text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The body of an answer, handed over once.
    pub fn body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    /// Judges the response to a request that was allowed, once, and says what comes of it.
    pub fn respond(&mut self, response: &str, parts: usize) -> Kind {
        let headers = message::response(response, parts);
        *self = match (self.admitted.take(), headers) {
            (Some((gate, admission)), Some(headers)) => {
                let judged = wicketgate_policy::Response { headers: &headers };
                Self::response(gate.policy.decide_response(&admission, &judged, now))
            }
            _ => Self::unavailable(),
        };
        self.kind
    }
}

impl Judged {
    /// What a policy decided about a request.
    pub fn request(gate: &Rc<Gate>, verdict: Verdict<'_>) -> Self {
        match verdict {
            Verdict::Pass { edits } => Self::changed(&edits),
            Verdict::Allow(allow) => Self {
                kind: Kind::Allowed,
                admitted: Some((Rc::clone(gate), allow.admission)),
                ..Self::changed(&allow.edits)
            },
            Verdict::Deny(deny) => Self::answered(&deny.answer),
        }
    }

    /// The answer where no policy could be asked.
    pub fn unavailable() -> Self {
        Self::answered(&Answer::unavailable())
    }

    fn response(decision: ResponseDecision<'_>) -> Self {
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
        Self { kind, text: lines(edits), body: Vec::new(), admitted: None }
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
        Self { kind: Kind::Answered, text, body: answer.body.clone(), admitted: None }
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
