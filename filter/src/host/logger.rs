//! The proxy's log, as a logger of the facade through which the driver speaks.
//!
//! Not the SDK's: that one makes a string of every line, and brings a panic hook, which would be the
//! only code in the module that formats panics.

use log::{Level, LevelFilter, Log, Metadata, Record};
use proxy_wasm::hostcalls;
use proxy_wasm::types::LogLevel;
use std::cell::RefCell;
use std::fmt::Write as _;

/// Installs it. The proxy has a level of its own and drops the lines below it.
pub fn install() {
    // It fails if there is a logger, and only this one is ever installed.
    if log::set_logger(&Logger).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

struct Logger;

thread_local! {
    /// The line. Its memory is used again, because an audit line is written for most requests.
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Log for Logger {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = match record.level() {
            Level::Error => LogLevel::Error,
            Level::Warn => LogLevel::Warn,
            Level::Info => LogLevel::Info,
            Level::Debug => LogLevel::Debug,
            Level::Trace => LogLevel::Trace,
        };
        LINE.with_borrow_mut(|line| {
            line.clear();
            let _infallible = write!(line, "{}", record.args());
            let _ = hostcalls::log(level, line);
        });
    }

    fn flush(&self) {}
}
