//! The platform's clock.

use js_sys::Date;
use wicketgate_policy::Time;

/// The time, in milliseconds.
pub fn now() -> Time {
    // The host's clock counts whole milliseconds, far from where a cast would lose any; one that
    // is no number becomes 1970, which can't be believed.
    Time::from_unix_millis(Date::now() as i64)
}
