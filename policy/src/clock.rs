//! A host's clock, watched.

use crate::time::Time;
use core::cell::Cell;

/// The latest time that a host's clock has shown, in one thread, for one policy.
///
/// Tokens and keys expire. A clock that is set back would make expired ones valid again. So while
/// the clock is more than [`Self::TOLERANCE`] behind the latest time that was seen, everything that
/// is bounded in time is denied, until the clock has caught up or the policy is loaded anew.
#[derive(Debug, Default)]
pub struct Clock(Cell<i64>);

impl Clock {
    /// The largest step back that is taken for an adjustment of the clock, in milliseconds.
    pub const TOLERANCE: i64 = 60_000;

    /// The time for decisions: `now`, or if the clock was set back, a time that no decision
    /// believes.
    #[must_use]
    pub fn check(&self, now: Time) -> Time {
        let (latest, millis) = (self.0.get(), now.unix_millis());
        if millis < latest.saturating_sub(Self::TOLERANCE) {
            return Time::from_unix_millis(0);
        }
        self.0.set(latest.max(millis));
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_back_is_not_believed_until_it_has_caught_up() {
        let clock = Clock::default();
        let start = Time::BUILD.unix_millis();
        for (now, believed) in [
            (0, true),
            (start, true),
            (start + 100_000, true),
            // An adjustment.
            (start + 40_000, true),
            (start + 39_999, false),
            (0, false),
            (start, false),
            (start + 40_000, true),
            (start + 200_000, true),
            (start + 100_000, false),
        ] {
            let checked = clock.check(Time::from_unix_millis(now));
            let expected = if believed { now } else { 0 };
            assert_eq!(checked.unix_millis(), expected, "{now}");
        }
    }
}
