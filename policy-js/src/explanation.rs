//! An explanation as plain objects: the steps of a decision, for tools that show them.

use crate::decision::{object, text};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wicketgate_policy::Reason;
use wicketgate_policy::explain::{
    AlternativeSteps, Chosen, CredentialSteps, Explanation, KeyState, Reading, RuleSteps,
};

/// Writes the steps beside the decision that they lead to.
pub(crate) fn write(told: &Explanation<'_>, decision: JsValue, meaning: Option<&str>) -> JsValue {
    let (chosen, chosen_rules) = match &told.chosen {
        Chosen::Nothing => ("nothing", Array::new()),
        Chosen::Rules(rules) => ("rules", names(rules)),
        Chosen::Ambiguous { all, .. } => ("ambiguous", names(all)),
        Chosen::TooComplex => ("too_complex", Array::new()),
    };
    let address = |address: Option<core::net::IpAddr>| {
        address.map_or(JsValue::NULL, |address| address.to_string().into())
    };
    object([
        ("peer", address(told.peer)),
        ("client", address(told.client)),
        ("knownHost", told.known_host.into()),
        ("otherHost", maybe(told.other_host, other_host)),
        ("refusedEverywhere", reason(told.refused_everywhere)),
        ("readings", list(&told.readings, reading)),
        ("namesHandler", told.names_handler.into()),
        ("unclear", told.unclear.into()),
        ("uncovered", told.uncovered.into()),
        ("methods", list(&told.methods, |method| bytes(method))),
        ("chosen", chosen.into()),
        ("chosenRules", chosen_rules.into()),
        ("rules", list(&told.rules, rule)),
        ("meaning", text(meaning)),
        ("decision", decision),
    ])
}

fn other_host((header, host): (&[u8], &[u8])) -> JsValue {
    object([("header", bytes(header)), ("host", bytes(host))])
}

fn reading(reading: &Reading<'_>) -> JsValue {
    // Said only where it is something else than the plain look-up.
    let other = |rules: &Vec<&str>| {
        if *rules == reading.rules { JsValue::NULL } else { names(rules).into() }
    };
    object([
        ("path", bytes(&reading.path)),
        ("fromQuery", reading.from_query.into()),
        ("aliases", list(&reading.aliases, |alias| bytes(alias))),
        ("rules", names(&reading.rules).into()),
        ("folded", other(&reading.folded)),
        ("filled", reading.filled.as_ref().map_or(JsValue::NULL, other)),
    ])
}

fn rule(rule: &RuleSteps<'_>) -> JsValue {
    object([
        ("id", rule.id.into()),
        ("carriers", names(&rule.carriers).into()),
        ("alternatives", list(&rule.alternatives, alternative)),
    ])
}

fn alternative(steps: &AlternativeSteps<'_>) -> JsValue {
    let network = |(place, result): (usize, Result<(), Reason>)| {
        // A document has far fewer networks than 2^32.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        object([("place", place.into()), ("reason", reason(result.err()))])
    };
    object([
        ("holds", steps.holds().into()),
        ("methods", steps.methods.as_deref().map_or(JsValue::NULL, |list| names(list).into())),
        ("methodHolds", steps.method_holds.into()),
        ("caller", text(steps.caller)),
        ("public", steps.public.into()),
        ("network", maybe(steps.network, network)),
        ("credentialHolds", steps.credential.is_none_or(|result| result.is_ok()).into()),
        ("credentialReason", reason(steps.credential.and_then(Result::err))),
        ("credentials", list(&steps.kinds, credential)),
    ])
}

fn credential(steps: &CredentialSteps<'_>) -> JsValue {
    let shown = steps.result.ok();
    let claim = steps.claim.as_ref().map(|claim| {
        let members =
            [("name", &claim.name), ("found", &claim.found), ("expected", &claim.expected)];
        object(members.map(|(name, value)| (name, value.as_str().into())))
    });
    object([
        ("kind", steps.kind.name().into()),
        ("carrier", steps.carrier.into()),
        ("keysAt", text(steps.keys_at)),
        ("held", names(steps.held).into()),
        ("failed", text(steps.failed)),
        ("claim", claim.unwrap_or(JsValue::NULL)),
        ("key", text(shown.and_then(|shown| shown.key))),
        ("keyState", text(shown.and_then(|shown| shown.state).map(state))),
        ("reason", reason(steps.result.err())),
    ])
}

fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Active => "active",
        KeyState::Ending => "ending",
        KeyState::Expiring => "expiring",
        KeyState::Old => "old",
    }
}

fn reason(reason: Option<Reason>) -> JsValue {
    text(reason.map(Reason::code))
}

fn maybe<T>(value: Option<T>, write: impl FnOnce(T) -> JsValue) -> JsValue {
    value.map_or(JsValue::NULL, write)
}

fn list<T>(items: &[T], write: impl Fn(&T) -> JsValue) -> JsValue {
    items.iter().map(write).collect::<Array>().into()
}

fn names(names: &[&str]) -> Array {
    names.iter().map(|&name| JsValue::from(name)).collect()
}

/// A character for each byte.
fn bytes(bytes: &[u8]) -> JsValue {
    bytes.iter().copied().map(char::from).collect::<String>().into()
}
