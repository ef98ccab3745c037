//! The log: a logger of the facade `log` that writes to the console, one line for each call.

use log::{Level, LevelFilter, Log, Metadata, Record};
use wasm_bindgen::JsValue;
use web_sys::console;
use wicketgate_policy::{AuditEvent, AuditKind};

/// Installs the logger.
pub fn install() {
    // It fails if there is a logger. A module that starts anew after a trap has none.
    if log::set_logger(&Console).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

/// Writes an audit line, as a warning if a denial took effect.
pub fn write(event: &AuditEvent<'_>) {
    let level = match event.kind() {
        AuditKind::Allow => Level::Info,
        AuditKind::Deny | AuditKind::ErrorReplaced => Level::Warn,
    };
    log::log!(target: AUDIT, level, "{}", event.to_line());
}

/// Writes that something failed, with the platform's own message, which only the console can show.
pub fn failure(line: &str, error: &JsValue) {
    console::error_2(&line.into(), error);
}

/// The target of audit lines.
const AUDIT: &str = "wicketgate::audit";

struct Console;

impl Log for Console {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line: JsValue = record.args().to_string().into();
        match record.level() {
            Level::Error => console::error_1(&line),
            Level::Warn => console::warn_1(&line),
            // The platform's own level for what a program prints.
            Level::Info if record.target() == AUDIT => console::log_1(&line),
            Level::Info => console::info_1(&line),
            Level::Debug | Level::Trace => console::debug_1(&line),
        }
    }

    fn flush(&self) {}
}
