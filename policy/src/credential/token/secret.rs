//! A secret that the host has in a variable.

use super::strength::weakness;
use crate::compiling::Context;
use crate::credential::carrier::Alphabet;
use crate::form::SecretVariable;
use alloc::format;

/// The secret in a variable, which is sent in this alphabet. `None` if it is absent or refused.
pub(crate) fn secret<'c>(
    variable: &SecretVariable,
    alphabet: Alphabet,
    at: &str,
    context: &mut Context<'c>,
) -> Option<&'c [u8]> {
    let name = &variable.0;
    let environment = context.environment;
    let value = environment.get(name).filter(|value| !value.is_empty() || !context.absent_denies);
    let Some(value) = value else {
        if context.absent_denies {
            context.notices.push(format!("`{name}` is absent: its caller is denied"));
        } else {
            context.faults.add(
                at,
                format!("no `{name}` on the host"),
                "a variable that the host hands over, with a secret in it",
            );
        }
        return None;
    };
    // Docker and some unit files hand over the whole line.
    let is_line = value.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"="));
    if is_line {
        context.faults.add(at, format!("`{name}=` in front of the secret"), "the secret alone");
        return None;
    }
    if let Some(weakness) = weakness(value, alphabet) {
        context.faults.add(at, format!("{weakness} in `{name}`"), weakness.expected(alphabet));
        return None;
    }
    Some(value)
}
