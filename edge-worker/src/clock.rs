//! The platform's clock.

use js_sys::Date;
use wicketgate_policy::Time;

/// The time, in milliseconds.
pub fn now() -> Time {
    // The clock counts whole milliseconds, and the cast loses none. A clock that is not a number
    // becomes 1970, which no decision believes.
    Time::from_unix_millis(Date::now() as i64)
}
