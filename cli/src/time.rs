//! The clock, or a time that was given instead.

use std::time::{SystemTime, UNIX_EPOCH};

use wicketgate_policy::Time;

/// Now.
pub fn now() -> Time {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    Time::from_unix_millis(millis)
}

/// For clap: a time as policies have it.
///
/// # Errors
/// A description of a valid time.
pub fn parse(text: &str) -> Result<Time, String> {
    Time::parse(text)
        .ok_or_else(|| "expected a date (`2027-01-31`) or a time (`2027-01-31T00:00:00Z`)".into())
}
