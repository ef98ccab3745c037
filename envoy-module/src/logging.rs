//! Lines for Envoy's log.

use crate::abi;
use crate::bytes::ours;
use crate::live::Refusal;
use log::{Level, Log, Metadata, Record};

/// Hands lines to Envoy's log.
#[derive(Clone, Copy, Debug)]
pub struct Logger;

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = match record.level() {
            Level::Error => abi::LOG_ERROR,
            Level::Warn => abi::LOG_WARN,
            Level::Info | Level::Debug | Level::Trace => abi::LOG_INFO,
        };
        write(level, &record.args().to_string());
    }

    fn flush(&self) {}
}

/// Writes what an operator must mend: a line of the log for each line of the text.
pub fn error(text: &str) {
    text.lines().for_each(|line| write(abi::LOG_ERROR, line));
}

/// Writes what an operator wants to know.
pub fn note(line: &str) {
    write(abi::LOG_INFO, line);
}

fn write(level: u32, line: &str) {
    // Envoy names the sender of a line only as `dynamic_modules`.
    let line = if line.starts_with(NAME) { line } else { &format!("{NAME}{line}") };
    // SAFETY: the text lives until the call returns.
    unsafe { abi::envoy_dynamic_module_callback_log(level, ours(line.as_bytes())) };
}

/// Writes why a policy is refused.
pub fn refuse(refusal: &Refusal) {
    error(&format!("the policy is refused, {refusal}"));
}

const NAME: &str = "wicketgate: ";
