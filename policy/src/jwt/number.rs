//! Numbers in JSON, read exactly. No float is made of them, so all hosts read the same number.

/// A number (RFC 8259, section 6) times ten to the power of `places`, rounded down, and `true` if
/// there was nothing to round. `None` from 10^18 on, and for a negative one likewise.
pub(super) fn scaled(number: &str, places: i64) -> Option<(i64, bool)> {
    let (is_negative, rest) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (digits, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // One that does not fit is larger, or smaller, than everything that is read here.
    let exponent = exponent.parse().unwrap_or(match exponent.strip_prefix('-') {
        Some(_) => i64::MIN,
        None => i64::MAX,
    });
    let digits = || whole.bytes().chain(fraction.bytes());
    let zeros = digits().take_while(|&digit| digit == b'0').count();
    // The digits before the point, once the number is scaled; the first of them is no zero.
    let before = i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(zeros).ok()?)?;
    let before = before.saturating_add(places).saturating_add(exponent);
    let mut digits = digits().skip(zeros).peekable();
    if digits.peek().is_none() {
        return Some((0, true));
    }
    let before = usize::try_from(before.max(0)).ok().filter(|before| *before <= 18)?;
    let mut sum = 0_i64;
    for _ in 0..before {
        let digit = digits.next().unwrap_or(b'0').saturating_sub(b'0');
        sum = sum.saturating_mul(10).saturating_add(i64::from(digit));
    }
    let is_exact = digits.all(|digit| digit == b'0');
    if is_negative {
        sum = sum.saturating_neg().saturating_sub(i64::from(!is_exact));
    }
    Some((sum, is_exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        for (text, places, expected) in [
            ("0", 3, Some((0, true))),
            ("-0", 3, Some((0, true))),
            ("-0.000e99999999999999999999", 3, Some((0, true))),
            ("0e-99999999999999999999", 3, Some((0, true))),
            ("1", 0, Some((1, true))),
            ("1.796025600E9", 3, Some((1_796_025_600_000, true))),
            ("1.796025600e+9", 3, Some((1_796_025_600_000, true))),
            ("17960256000000000000e-10", 3, Some((1_796_025_600_000, true))),
            ("1796025600.5", 3, Some((1_796_025_600_500, true))),
            ("1796025600.123999", 3, Some((1_796_025_600_123, false))),
            ("-1796025600.123999", 3, Some((-1_796_025_600_124, false))),
            ("0.0001", 3, Some((0, false))),
            ("-0.0001", 3, Some((-1, false))),
            ("1e-9999999999999999999999", 3, Some((0, false))),
            ("-1e-9999999999999999999999", 3, Some((-1, false))),
            ("999999999999999999", 0, Some((999_999_999_999_999_999, true))),
            ("1000000000000000000", 0, None),
            ("1e18", 0, None),
            ("1e400", 3, None),
            ("-1e400", 3, None),
            ("1e99999999999999999999", 3, None),
            ("3.0", 0, Some((3, true))),
            ("30e-1", 0, Some((3, true))),
            ("3.1", 0, Some((3, false))),
        ] {
            assert_eq!(scaled(text, places), expected, "{text}");
        }
        let long = format!("1796025600.{}1", "0".repeat(100_000));
        assert_eq!(scaled(&long, 3), Some((1_796_025_600_000, false)));
        let long = format!("0.{}17960256e{}", "0".repeat(100_000), 100_010);
        assert_eq!(scaled(&long, 3), Some((1_796_025_600_000, true)));
    }

    /// The same by fractions of whole numbers.
    fn oracle(mantissa: i128, power: i32) -> Option<(i128, bool)> {
        let Ok(power) = u32::try_from(power) else {
            let Some(divisor) = 10_i128.checked_pow(power.unsigned_abs()) else {
                return Some((mantissa.clamp(-1, 0), mantissa == 0));
            };
            return Some((mantissa.div_euclid(divisor), mantissa.rem_euclid(divisor) == 0));
        };
        if mantissa == 0 {
            return Some((0, true));
        }
        Some((mantissa.checked_mul(10_i128.checked_pow(power)?)?, true))
    }

    proptest! {
        #[test]
        fn as_fractions_have_it(
            negative: bool,
            whole in "0|[1-9][0-9]{0,11}",
            fraction in proptest::option::of("[0-9]{1,12}"),
            exponent in proptest::option::of(-45_i32..45),
            big: bool,
            plus: bool,
            places in 0_i32..4,
        ) {
            let sign = if negative { "-" } else { "" };
            let mut text = format!("{sign}{whole}");
            let fraction = fraction.unwrap_or_default();
            if !fraction.is_empty() {
                text += &format!(".{fraction}");
            }
            if let Some(exponent) = exponent {
                let plus = if plus && exponent >= 0 { "+" } else { "" };
                text += &format!("{}{plus}{exponent}", if big { 'E' } else { 'e' });
            }
            let digits: String = [whole, fraction.clone()].concat();
            let mantissa: i128 = digits.parse().unwrap();
            let mantissa = if negative { -mantissa } else { mantissa };
            let shift = i32::try_from(fraction.len()).unwrap();
            let expected = oracle(mantissa, exponent.unwrap_or(0) - shift + places);
            let bound = 10_i128.pow(18);
            // What is rounded away counts: -(10^18) + 0.5 rounds down to the bound itself.
            let expected = expected.filter(|(sum, exact)| {
                sum.abs() < bound || (*sum == -bound && !exact)
            });
            let found = scaled(&text, i64::from(places));
            prop_assert_eq!(found.map(|(sum, exact)| (i128::from(sum), exact)), expected, "{}", text);
        }
    }
}
