//! Writing one line of JSON, bounded and in ASCII.

use crate::time::Time;
use alloc::string::{String, ToString};
use core::net::IpAddr;

/// A JSON object being written.
pub(super) struct Line(String);

impl Line {
    pub(super) fn new() -> Self {
        let mut line = String::with_capacity(1_024);
        line.push('{');
        Self(line)
    }

    /// Writes a text of the gate's own, which needs no escaping.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        debug_assert!(value.bytes().all(is_plain), "{value}");
        self.name(name);
        self.0.push('"');
        self.0.push_str(value);
        self.0.push('"');
    }

    /// Writes bytes that a client sent, at most `max` bytes of them once escaped.
    pub(super) fn bytes(&mut self, name: &str, value: &[u8], max: usize) {
        self.name(name);
        self.0.push('"');
        let end = self.0.len().saturating_add(max);
        let mut rest = value;
        loop {
            // This nearly always takes the whole text at once.
            let plain = rest.iter().take_while(|byte| is_plain(**byte)).count();
            let (run, other) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
            let room = end.saturating_sub(self.0.len());
            let shown = run.get(..room).unwrap_or(run);
            self.0.push_str(core::str::from_utf8(shown).unwrap_or_default());
            let (Some((&byte, after)), true) = (other.split_first(), room >= run.len()) else {
                break;
            };
            let before = self.0.len();
            self.escape(byte);
            if self.0.len() > end {
                self.0.truncate(before);
                break;
            }
            rest = after;
        }
        self.0.push('"');
    }

    /// [`Self::bytes`], if there are any.
    pub(super) fn maybe(&mut self, name: &str, value: Option<&[u8]>, max: usize) {
        if let Some(value) = value {
            self.bytes(name, value, max);
        }
    }

    /// [`Self::maybe`], cut so that the line is no longer than `end`, or left out if hardly
    /// anything would remain.
    pub(super) fn maybe_within(
        &mut self,
        end: usize,
        name: &str,
        value: Option<&[u8]>,
        max: usize,
    ) {
        let around = name.len().saturating_add(6);
        let room = end.saturating_sub(self.0.len()).saturating_sub(around).min(max);
        if room >= 8 {
            self.maybe(name, value, room);
        }
    }

    pub(super) fn list(&mut self, name: &str, values: &[&str]) {
        self.name(name);
        self.0.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.0.push('"');
            self.0.push_str(value);
            self.0.push('"');
        }
        self.0.push(']');
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        decimal(&mut self.0, value, 1);
    }

    pub(super) fn address(&mut self, name: &str, address: IpAddr) {
        let IpAddr::V4(address) = address else {
            return self.plain(name, &address.to_string());
        };
        self.name(name);
        for (byte, before) in address.octets().into_iter().zip(['"', '.', '.', '.']) {
            self.0.push(before);
            decimal(&mut self.0, byte.into(), 1);
        }
        self.0.push('"');
    }

    pub(super) fn time(&mut self, name: &str, time: Time) {
        let Some(parts) = time.parts() else { return self.plain(name, &time.to_string()) };
        self.name(name);
        self.0.push('"');
        for ((number, width), after) in parts.into_iter().zip(['-', '-', 'T', ':', ':', '.', 'Z']) {
            decimal(&mut self.0, number, width);
            self.0.push(after);
        }
        self.0.push('"');
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    /// A byte beyond ASCII becomes the Latin-1 character with its number, so different bytes stay
    /// different. DEL and the characters with a meaning in HTML are escaped too, because a line may
    /// be shown on a page.
    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        match byte {
            b'"' => self.0.push_str("\\\""),
            b'\\' => self.0.push_str("\\\\"),
            _ if is_plain(byte) => self.0.push(char::from(byte)),
            _ => {
                self.0.push_str("\\u00");
                for nibble in [byte >> 4, byte & 15] {
                    self.0.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
                }
            }
        }
    }
}

/// Returns `true` if a byte needs no escape.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&')
}

/// Writes a number with at least `width` digits, at a tenth of the cost of `write!`.
fn decimal(text: &mut String, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut count = 0;
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        if place >= width && number == 0 {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count = place + 1;
    }
    let shown = digits.len().checked_sub(count).and_then(|from| digits.get(from..));
    text.push_str(shown.and_then(|shown| core::str::from_utf8(shown).ok()).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_addresses_and_times_are_what_formatting_makes_of_them() {
        for number in [0, 7, 10, 99, 403, 65_535, u64::MAX] {
            for width in 1..6 {
                let mut text = String::new();
                decimal(&mut text, number, width);
                assert_eq!(text, alloc::format!("{number:0width$}"));
            }
        }
        for text in ["0.0.0.0", "10.1.200.255", "::1", "2001:db8::a:0", "::ffff:1.2.3.4"] {
            let mut line = Line::new();
            line.address("a", text.parse().unwrap());
            assert_eq!(line.finish(), alloc::format!("{{\"a\":\"{text}\"}}"));
        }
        let day = 86_400_000;
        for millis in [0, 1, -1, 1_795_000_000_123, 253_402_300_799_999, 253_402_300_800_000]
            .into_iter()
            .chain((0..40_000).map(|n| n * day - n))
            .chain([i64::MIN, i64::MAX])
        {
            let time = Time::from_unix_millis(millis);
            let mut line = Line::new();
            line.time("a", time);
            assert_eq!(line.finish(), alloc::format!("{{\"a\":\"{time}\"}}"));
        }
    }

    #[test]
    fn what_a_client_sent_stays_inside_its_string() {
        let mut line = Line::new();
        line.bytes("a", b"\"},{\"x\":\"\r\n\\\x00\x7f\xe9<b>", 100);
        line.list("b", &["c", "d"]);
        line.number("e", 7);
        let text = line.finish();
        assert_eq!(
            text,
            r#"{"a":"\"},{\"x\":\"\u000d\u000a\\\u0000\u007f\u00e9\u003cb\u003e","b":["c","d"],"e":7}"#
        );
    }

    #[test]
    fn the_texts_of_the_gate_need_no_escaping() {
        for reason in crate::reason::Reason::ALL {
            assert!(reason.code().bytes().chain(reason.text().bytes()).all(is_plain), "{reason:?}");
        }
    }

    #[test]
    fn a_cut_never_splits_an_escape() {
        for max in 0..20 {
            let mut line = Line::new();
            line.bytes("a", b"a\"b\nc\xffd", max);
            assert!(serde_json::from_str::<serde_json::Value>(&line.finish()).is_ok(), "{max}");
        }
    }
}
