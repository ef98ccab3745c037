//! Deny answers.

use crate::answer::{Answer, DenyAnswers, JSON, TEXT};
use crate::compiling::Context;
use crate::config::wire;
use crate::form::node::Node;
use crate::form::read::{Map, join, quote};
use crate::header::{HeaderName, HeaderValue};
use crate::stack::Stack;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The answers if the policy names none.
pub(super) fn default() -> DenyAnswers {
    DenyAnswers { invalid: Answer::forbidden(), missing: None, throttled: None }
}

/// The answers of a rule.
pub(super) fn deny(
    deny: wire::Deny,
    at: &str,
    stack: Option<Stack>,
    context: &mut Context<'_>,
) -> DenyAnswers {
    let wire::Deny { status, json, text, headers, like_missing, missing, throttled } = deny;
    let mut own = |answer: Option<wire::Answer>, name| {
        let wire::Answer { status, json, text, headers } = answer?;
        Some(make(status, json, text, headers, &join(at, name), context))
    };
    let missing = own(missing, "missing");
    let throttled = own(throttled, "throttled");
    let has_body = json.is_some() || text.is_some();
    let mut invalid = make(status, json, text, headers, at, context);
    if like_missing == Some(true) {
        invalid = hide(invalid, status, has_body, stack, &join(at, "like_missing"), context);
    }
    DenyAnswers { invalid, missing, throttled }
}

/// The answer for a path that should look as if it did not exist.
fn hide(
    mut answer: Answer,
    status: Option<wire::Status>,
    has_body: bool,
    stack: Option<Stack>,
    at: &str,
    context: &mut Context<'_>,
) -> Answer {
    if status.is_some_and(|status| status.0 != 404) {
        context.faults.add(at, "a status other than 404", "404, which a missing path has");
    }
    if has_body {
        answer.remove("cache-control");
        return answer;
    }
    let own = stack.and_then(Answer::missing);
    own.unwrap_or_else(|| {
        context.faults.add(
            at,
            "no body, and no `origin.stack` whose answer for a missing path is known",
            format!(
                "`json` or `text` as the origin answers, or a stack of {}",
                Stack::ALL
                    .iter()
                    .filter(|stack| stack.has_known_404())
                    .map(|stack| format!("`{}`", stack.name()))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        );
        answer
    })
}

fn make(
    status: Option<wire::Status>,
    json: Option<Node>,
    text: Option<String>,
    headers: Option<Map<HeaderValue>>,
    at: &str,
    context: &mut Context<'_>,
) -> Answer {
    let status = status.map_or(403, |status| status.0);
    if json.is_some() && text.is_some() {
        context.faults.add(at, "both `json` and `text`", "one of them");
    }
    let (content_type, body) = match (json, text) {
        (Some(json), _) => (JSON, json.to_json()),
        (None, Some(text)) => (TEXT, text.into_bytes()),
        (None, None) => ("", Vec::new()),
    };
    too_long(&body, at, context);
    let mut answer = Answer::new(status, content_type, body);
    let mut given: Vec<HeaderName> = Vec::new();
    for (name, value) in headers.into_iter().flatten() {
        let at = join(&join(at, "headers"), &name);
        match HeaderName::parse(&name) {
            Some(name) if is_framing(&name) => {
                context.faults.add(
                    at,
                    quote(name.as_str()),
                    "a header that does not frame the message",
                );
            }
            Some(name) if given.contains(&name) => {
                context.faults.add(at, "a header that was there before", "each once, in any case");
            }
            Some(name) if name.as_str() == "cache-control" => {
                context.faults.add(
                    at,
                    "`cache-control`",
                    "none: an answer of the gate is `no-store`",
                );
            }
            Some(name) => {
                answer.remove(name.as_str());
                given.push(name.clone());
                answer.headers.push((name, value));
            }
            None => context.faults.add(at, "this name", "a header name of at most 64 characters"),
        }
    }
    answer
}

fn too_long(body: &[u8], at: &str, context: &mut Context<'_>) {
    const MAX: usize = 16_384;
    if body.len() > MAX {
        context.faults.add(at, format!("a body of {} bytes", body.len()), format!("at most {MAX}"));
    }
}

fn is_framing(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "content-length"
            | "date"
            | "keep-alive"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}
