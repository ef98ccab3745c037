//! The log: one line a call, audit lines as JSON.

use wasm_bindgen::JsValue;
use web_sys::console;
use wicketgate_policy::{AuditEvent, AuditKind};

/// Writes an audit line: a warning when it tells of a denial that took effect.
pub fn write(event: &AuditEvent<'_>) {
    let line = event.to_line().into();
    match event.kind() {
        AuditKind::Allow => console::log_1(&line),
        AuditKind::Deny | AuditKind::ErrorReplaced => console::warn_1(&line),
    }
}

/// Says what an operator may want to know.
pub fn info(line: &str) {
    console::info_1(&line.into());
}

/// Says what an operator must know.
pub fn warn(line: &str) {
    console::warn_1(&line.into());
}

/// Says what went wrong, and what the platform says of it.
pub fn failure(line: &str, error: &JsValue) {
    console::error_2(&line.into(), error);
}

/// Says what an operator must mend.
pub fn error(line: &str) {
    console::error_1(&line.into());
}
