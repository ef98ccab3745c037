//! A decision as plain objects.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wicketgate_policy::{Answer, AuditEvent, Decision, Edit, Verdict};

/// Writes a decision, with the changes to the request's trailers.
pub(crate) fn write(decision: &Decision<'_>, trailers: &[Edit<'_>]) -> JsValue {
    let audit = text(decision.audit.as_ref().map(AuditEvent::to_line).as_deref());
    let shadow: Array =
        decision.shadow.iter().map(|event| JsValue::from(event.to_line())).collect();
    let events = [("audit", audit), ("shadow", shadow.into())];
    match &decision.verdict {
        Verdict::Pass { edits: changes } => object(
            [
                ("decision", "pass".into()),
                ("edits", edits(changes)),
                ("trailerEdits", edits(trailers)),
            ]
            .into_iter()
            .chain(events),
        ),
        Verdict::Allow(allow) => object(
            [
                ("decision", "allow".into()),
                ("rule", text(allow.rule())),
                ("caller", text(allow.caller())),
                ("edits", edits(&allow.edits)),
                ("trailerEdits", edits(trailers)),
            ]
            .into_iter()
            .chain(events),
        ),
        Verdict::Deny(deny) => object(
            [
                ("decision", "deny".into()),
                ("reason", deny.reason.code().into()),
                ("rule", text(deny.rule)),
                ("answer", answer(&deny.answer)),
            ]
            .into_iter()
            .chain(events),
        ),
    }
}

/// An object with these members.
pub(crate) fn object(members: impl IntoIterator<Item = (&'static str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // A new object refuses no member.
        _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

fn answer(answer: &Answer) -> JsValue {
    let header = |name: &str, value: &str| Array::of2(&name.into(), &value.into());
    let headers: Array =
        answer.headers.iter().map(|(name, value)| header(name.as_str(), value.as_str())).collect();
    object([
        ("status", answer.status.into()),
        ("headers", headers.into()),
        ("body", Uint8Array::from(answer.body.as_slice()).into()),
    ])
}

fn edits(edits: &[Edit<'_>]) -> JsValue {
    let edits: Array = edits.iter().map(edit).collect();
    edits.into()
}

fn edit(edit: &Edit<'_>) -> JsValue {
    match edit {
        // The name as the client wrote it, a character for each byte.
        Edit::Remove(name) => {
            let name: String = name.iter().copied().map(char::from).collect();
            object([("op", "remove".into()), ("name", name.into())])
        }
        Edit::Set(name, value) => object([
            ("op", "set".into()),
            ("name", name.as_str().into()),
            ("value", value.as_str().into()),
        ]),
    }
}

/// A text, `null` for none.
pub(crate) fn text(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from)
}
