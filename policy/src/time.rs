//! Points in time, handed in by the host: the core has no clock.

use core::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Time(i64);

impl Time {
    /// The date of this release. A host clock below it is unset or was set back. Everything that is
    /// bounded in time is denied then: an expired key must not live again because a machine woke up
    /// in 1970.
    pub const BUILD: Self = Self(1_793_491_200_000); // 2026-11-01T00:00:00Z

    /// The time that a host did not tell. No decision believes it.
    pub(crate) const UNKNOWN: Self = Self(0);

    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Returns `true` if a host's clock can be right when it shows this time.
    #[must_use]
    pub fn is_plausible(self) -> bool {
        self >= Self::BUILD
    }

    /// Whole days from `earlier` to `self`, negative when `earlier` is later.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(MILLIS_PER_DAY)
    }

    /// Reads `YYYY-MM-DD` (midnight UTC) or RFC 3339 (`2027-01-31T00:00:00Z`, with an
    /// optional fraction and a numeric offset).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (date, rest) = bytes.split_at_checked(10)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
        let year = number(&[y1, y2, y3, y4])?;
        let month = number(&[m1, m2])?;
        let day = number(&[d1, d2])?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
            return None;
        }
        let midnight = days_from_civil(year, month, day) * MILLIS_PER_DAY;
        if rest.is_empty() {
            return Some(Self(midnight));
        }
        let (clock, rest) = rest.split_at_checked(9)?;
        let [b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] = *clock else { return None };
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        // RFC 3339 allows second 60; a leap second bounds nothing here, so it is refused.
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (millis, offset) = fraction(rest)?;
        let offset_minutes = offset_minutes(offset)?;
        let minutes = hour * 60 + minute - offset_minutes;
        Some(Self(midnight + minutes * 60_000 + second * 1_000 + millis))
    }
}

impl Time {
    /// Year, month, day, hour, minute, second and millisecond, each with its number of digits in
    /// RFC 3339; `None` for years that RFC 3339 can't write.
    pub(crate) fn parts(self) -> Option<[(u64, usize); 7]> {
        let parts = self.split().map(u64::try_from);
        let [Ok(year @ ..=9_999), Ok(month), Ok(day), Ok(hour), Ok(minute), Ok(second), Ok(millis)] =
            parts
        else {
            return None;
        };
        Some([(year, 4), (month, 2), (day, 2), (hour, 2), (minute, 2), (second, 2), (millis, 3)])
    }

    fn split(self) -> [i64; 7] {
        let (year, month, day) = civil_from_days(self.0.div_euclid(MILLIS_PER_DAY));
        let of_day = self.0.rem_euclid(MILLIS_PER_DAY);
        let (seconds, millis) = (of_day / 1_000, of_day % 1_000);
        [year, month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60, millis]
    }
}

/// RFC 3339 in UTC with milliseconds, the form of `@timestamp`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute, second, millis] = self.split();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

const MILLIS_PER_DAY: i64 = 86_400_000;

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |sum, &digit| {
        digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

/// The fraction of a second in milliseconds (further digits dropped), and what follows.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, rest) = rest.split_at_checked(digits)?;
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let mut millis = 0;
    for place in 0..3 {
        millis = millis * 10 + fraction.get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    Some((millis, rest))
}

fn offset_minutes(offset: &[u8]) -> Option<i64> {
    match *offset {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let total = hours * 60 + minutes;
            Some(if sign == b'-' { -total } else { total })
        }
        _ => None,
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that
/// begin in March so that the leap day comes last (Richards, "Mapping Time", 1998).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (text, written) in [
            ("1970-01-01", "1970-01-01T00:00:00.000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("2027-01-31T00:00:00Z", "2027-01-31T00:00:00.000Z"),
            ("2026-12-31T23:59:59.1239Z", "2026-12-31T23:59:59.123Z"),
            ("2027-01-01T00:30:00+01:00", "2026-12-31T23:30:00.000Z"),
            ("2026-12-31t18:30:00.5-05:00", "2026-12-31T23:30:00.500Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(Time::parse(text).map(|t| t.to_string()).as_deref(), Some(written));
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-04-31",
            "2026-1-1",
            "2026-11-23T",
            "2026-11-23T25:00:00Z",
            "2026-11-23T00:60:00Z",
            "2026-11-23T00:00:60Z",
            "2026-11-23T00:00:00",
            "2026-11-23T00:00:00.Z",
            "2026-11-23 00:00:00Z",
            "2026-11-23T00:00:00+1:00",
            "2026-11-23T00:00:00+24:00",
            "+026-11-23",
            "２０26-11-23",
            "2026-11-23T00:00:00Zz",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_eight_centuries_survives_a_round_trip() {
        for days in -150_000..150_000 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn the_build_date_is_what_its_comment_says() {
        assert_eq!(Time::parse("2026-11-01"), Some(Time::BUILD));
        assert!(Time::BUILD.is_plausible());
        assert!(!Time::from_unix_millis(0).is_plausible());
        assert_eq!(Time::BUILD.days_since(Time::from_unix_millis(0)), 20_758);
    }
}
