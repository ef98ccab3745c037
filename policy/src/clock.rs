//! A host's clock, watched.

use crate::time::Time;
use core::cell::Cell;

/// The latest time that a host's clock has shown, in one thread, for one policy.
///
/// Tokens and keys end. A clock that is set back would let them live again, so from a time that is
/// more than [`Self::TOLERANCE`] before the latest that was seen, nothing that is bounded in time is
/// believed, until the clock has caught up or the policy is loaded anew.
#[derive(Debug, Default)]
pub struct Clock(Cell<i64>);

impl Clock {
    /// By how much a clock may go back, in milliseconds: as an adjustment does.
    pub const TOLERANCE: i64 = 60_000;

    /// The time as decisions may believe it: `now`, or one that is believed nowhere.
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
