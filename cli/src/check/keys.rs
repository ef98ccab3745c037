//! Warnings about keys that should be rotated.

use wicketgate_policy::explain::KeyState;
use wicketgate_policy::{Fault, Policy, Reason, Time};

use super::code::{Code, Warnings, items};
use crate::diagnostics::Diagnostic;
use crate::document::Tree;
use crate::secrets;

/// Warns of keys that are old or near their end, and of callers without a valid key.
pub(super) fn warn(policy: &Policy, tree: &Tree, now: Time, warnings: &mut Warnings<'_>) {
    let keys = policy.keys(now);
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let at = Fault::member("callers", &caller.name) + ".token.keys";
        let (mut any, mut valid, mut absent) = (false, false, false);
        let list = caller.value.get("token").into_iter().flat_map(|token| items(token, "keys"));
        for (index, key) in list {
            any = true;
            let id = key.text_of("id").unwrap_or_default();
            let known = keys.iter().find(|known| known.caller == caller.name && known.id == id);
            let Some(known) = known else {
                absent = true;
                continue;
            };
            valid |= known.standing.is_ok();
            let at = format!("{at}[{index}]");
            match known.standing {
                Ok(KeyState::Expiring) => {
                    let days = known.not_after.map_or(0, |end| end.days_since(now));
                    warnings.add(
                        Code::KeyEnding,
                        format!("{at}.not_after"),
                        format!("key `{id}` of `{}` ends in {days} days", caller.name),
                        "its successor beside it: `wicketgate token rotate` prints the steps",
                    );
                }
                // A key with an end that is far off can still be old.
                Ok(KeyState::Old | KeyState::Ending) => {
                    let days = known.created.map_or(0, |created| now.days_since(created));
                    if days <= 90 {
                        continue;
                    }
                    warnings.add(
                        Code::KeyOld,
                        format!("{at}.created"),
                        format!("key `{id}` of `{}` is {days} days old", caller.name),
                        "a new one every 90 days: `wicketgate token rotate` prints the steps",
                    );
                }
                Ok(KeyState::Active) => {}
                Err(Reason::ClockUnset) => absent = true,
                Err(_) => {}
            }
        }
        // A key whose secret is not there can't be judged.
        if any && !valid && !absent {
            warnings.add(
                Code::KeyNone,
                at,
                format!("no key of `{}` is valid at {now}", caller.name),
                "a key that is valid now",
            );
        }
    }
}

/// Warns of secrets of this shell that are valid as they stand, and hold the real one within.
pub(super) fn wrapped(tree: &Tree, source: &str) -> Vec<Diagnostic> {
    let mut warnings = Warnings::of(tree, source);
    for caller in tree.get("callers").map(Tree::members).unwrap_or_default() {
        let at = Fault::member("callers", &caller.name) + ".token.keys";
        let list = caller.value.get("token").into_iter().flat_map(|token| items(token, "keys"));
        for (index, key) in list {
            let Some(name) = key.text_of("env") else { continue };
            if secrets::read(name).is_some_and(|value| value.starts_with(b"{")) {
                warnings.add(
                    Code::NeverMatches,
                    format!("{at}[{index}].env"),
                    format!(
                        "`{name}` holds a JSON object, and a caller would have to send all of it"
                    ),
                    "the member with the secret, alone: secret managers keep several in one object",
                );
            }
        }
    }
    warnings.into_found()
}
