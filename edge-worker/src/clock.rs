//! The platform's clock.

use wicketgate_policy::Time;
use worker::js_sys::Date;

/// The time, in milliseconds.
pub fn now() -> Time {
    // The host's clock counts whole milliseconds, far from where a cast would lose any; one that
    // is no number becomes 1970, which can't be believed.
    Time::from_unix_millis(Date::now() as i64)
}
