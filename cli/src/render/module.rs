//! The policy as a module of the Worker's bundle, for one that is too long for a variable.

use super::Input;

/// The longest value of a variable, in bytes: 5 KB, by Cloudflare's limits of Workers.
pub const MAX_VARIABLE: usize = 5_000;

/// The module that takes the place of `policy.mjs` beside the built Worker.
pub(super) fn render(input: &Input<'_>) -> String {
    // As a text, so that its version is what `check` says. A string of JSON is one of JavaScript.
    let text = serde_json::Value::from(input.text()).to_string();
    let head = input.head("policy-module", input.is_same_text()).replace('#', "//");
    format!(
        "{head}// In place of `policy.mjs` beside the built Worker. A variable `POLICY` would take precedence.\nexport default {text};\n"
    )
}
