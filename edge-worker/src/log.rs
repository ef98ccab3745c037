//! The log: one line for each call, audit lines as JSON.

use wasm_bindgen::JsValue;
use web_sys::console;
use wicketgate_policy::{AuditEvent, AuditKind};

/// Writes an audit line, as a warning if a denial took effect.
pub fn write(event: &AuditEvent<'_>) {
    let line = event.to_line().into();
    match event.kind() {
        AuditKind::Allow => console::log_1(&line),
        AuditKind::Deny | AuditKind::ErrorReplaced => console::warn_1(&line),
    }
}

/// Writes a line that an operator may want to know.
pub fn info(line: &str) {
    console::info_1(&line.into());
}

/// Writes a line that an operator must know.
pub fn warn(line: &str) {
    console::warn_1(&line.into());
}

/// Writes that something failed, with the platform's own message.
pub fn failure(line: &str, error: &JsValue) {
    console::error_2(&line.into(), error);
}

/// Writes a fault that an operator must mend.
pub fn error(line: &str) {
    console::error_1(&line.into());
}
