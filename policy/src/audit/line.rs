//! Writing one line of JSON, bounded and in ASCII.
//!
//! A line costs about as many copies as it has pieces, so a piece is as long as it can be: the name
//! of a field comes with all that stands around it.

use crate::time::Time;
use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv4Addr};
use core::ops::Range;

/// A JSON object being written.
pub(super) struct Line(String);

/// The beginning of a field: everything before its text, or its number.
#[derive(Clone, Copy)]
pub(super) struct Field(pub(super) &'static str);

/// The [`Field`] of a text, and of a number.
macro_rules! field {
    ($name:literal) => {
        $crate::audit::line::Field(concat!(",\"", $name, "\":\""))
    };
    (number $name:literal) => {
        $crate::audit::line::Field(concat!(",\"", $name, "\":"))
    };
}
pub(super) use field;

impl Line {
    /// A line that begins with its time.
    pub(super) fn at(time: Time) -> Self {
        let mut line = Self(String::with_capacity(1_024));
        line.0.push_str("{\"@timestamp\":\"");
        line.time(time);
        line.0.push('"');
        line
    }

    /// Writes whole fields of the gate's own.
    pub(super) fn fixed(&mut self, fields: &'static str) {
        self.0.push_str(fields);
    }

    /// Writes a text of the gate's own, which needs no escaping.
    pub(super) fn plain(&mut self, field: Field, value: &str) {
        debug_assert!(value.bytes().all(is_plain), "{value}");
        self.0.push_str(field.0);
        self.0.push_str(value);
        self.0.push('"');
    }

    /// [`Self::plain`], if there is a text.
    pub(super) fn maybe_plain(&mut self, field: Field, value: Option<&str>) {
        if let Some(value) = value {
            self.plain(field, value);
        }
    }

    /// Writes bytes that a client sent, at most `max` bytes of them once escaped.
    pub(super) fn bytes(&mut self, field: Field, value: &[u8], max: usize) {
        self.0.push_str(field.0);
        let end = self.0.len().saturating_add(max);
        let mut rest = value;
        loop {
            // This nearly always takes the whole text at once.
            let plain = plain_run(rest);
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
    pub(super) fn maybe(&mut self, field: Field, value: Option<&[u8]>, max: usize) {
        if let Some(value) = value {
            self.bytes(field, value, max);
        }
    }

    /// [`Self::maybe`], cut so that the line is no longer than `end`, or left out if hardly
    /// anything would remain.
    pub(super) fn maybe_within(
        &mut self,
        end: usize,
        field: Field,
        value: Option<&[u8]>,
        max: usize,
    ) {
        if value.is_none() {
            return;
        }
        let around = field.0.len().saturating_add(1);
        let room = end.saturating_sub(self.0.len()).saturating_sub(around).min(max);
        if room >= 8 {
            self.maybe(field, value, room);
        }
    }

    pub(super) fn number(&mut self, field: Field, value: u64) {
        self.0.push_str(field.0);
        let mut digits = [b'0'; 20];
        let length = decimal(&mut digits, value).max(1);
        let from = digits.len().saturating_sub(length);
        self.ascii(digits.get(from..).unwrap_or_default());
    }

    /// Writes an address, and returns the place of its text.
    pub(super) fn address(&mut self, field: Field, address: IpAddr) -> Range<usize> {
        self.0.push_str(field.0);
        let start = self.0.len();
        match address {
            IpAddr::V4(address) => self.v4(address),
            IpAddr::V6(address) => self.0.push_str(&address.to_string()),
        }
        let end = self.0.len();
        self.0.push('"');
        start..end
    }

    /// Writes a text that the line has already, by its place.
    pub(super) fn again(&mut self, field: Field, text: Range<usize>) {
        self.0.push_str(field.0);
        if self.0.get(text.clone()).is_some() {
            self.0.extend_from_within(text);
        }
        self.0.push('"');
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn v4(&mut self, address: Ipv4Addr) {
        let mut text = [0; 15];
        let mut length = 0;
        for (place, byte) in address.octets().into_iter().enumerate() {
            let digits = [byte / 100, byte / 10 % 10, byte % 10].map(|digit| b'0' + digit);
            let from = usize::from(byte < 100) + usize::from(byte < 10);
            let dot = (place > 0).then_some(&b'.');
            for byte in dot.into_iter().chain(digits.get(from..).unwrap_or_default()) {
                if let Some(to) = text.get_mut(length) {
                    *to = *byte;
                    length += 1;
                }
            }
        }
        self.ascii(text.get(..length).unwrap_or_default());
    }

    /// RFC 3339 in UTC with milliseconds.
    fn time(&mut self, time: Time) {
        let Some(parts) = time.parts() else { return self.0.push_str(&time.to_string()) };
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut from = 0;
        for (number, width) in parts {
            let to = from + width;
            decimal(text.get_mut(from..to).unwrap_or_default(), number);
            from = to + 1;
        }
        self.ascii(&text);
    }

    fn ascii(&mut self, text: &[u8]) {
        self.0.push_str(core::str::from_utf8(text).unwrap_or_default());
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

/// How many bytes at the beginning need no escape. Eight at a time, until some eight may need one.
fn plain_run(text: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    // Sets the highest bit of the lowest byte that is this one, and perhaps of others above.
    let has = |word: u64, byte: u8| {
        let other = word ^ (u64::from(byte) * ONES);
        other.wrapping_sub(ONES) & !other
    };
    let (words, _) = text.as_chunks::<8>();
    let may_be_escaped = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        // `<` and `>` differ in one bit.
        let signs = has(word, b'"') | has(word, b'\\') | has(word, b'&') | has(word, 0x7F);
        let angles = has(word | (ONES << 1), b'>');
        let below = word.wrapping_sub(u64::from(b' ') * ONES) & !word;
        (word | signs | angles | below) & HIGH != 0
    };
    let words = words.iter().position(may_be_escaped).unwrap_or(words.len());
    let rest = text.get(words * 8..).unwrap_or_default();
    let more = rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
    words * 8 + more
}

/// Returns `true` if a byte needs no escape.
fn is_plain(byte: u8) -> bool {
    PLAIN.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Which bytes need no escape: one load a byte.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < plain.len() {
        let from = byte as u8;
        #[expect(clippy::indexing_slicing, reason = "below the length")]
        let to = &mut plain[byte];
        *to = matches!(from, b' '..=b'~') && !matches!(from, b'"' | b'\\' | b'<' | b'>' | b'&');
        byte += 1;
    }
    plain
};

/// Writes a number to the right of a place, and returns how many digits it has. `write!` would cost
/// ten times as much.
fn decimal(place: &mut [u8], mut number: u64) -> usize {
    let mut count = 0;
    for digit in place.iter_mut().rev() {
        if number == 0 {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line(String::from("{"))
    }

    /// The object, whose first field has the comma after a time.
    fn object(line: Line) -> String {
        line.finish().replacen(',', "", 1)
    }

    #[test]
    fn numbers_addresses_and_times_are_what_formatting_makes_of_them() {
        for number in [0, 7, 10, 99, 403, 65_535, u64::MAX] {
            let mut line = line();
            line.number(field!(number "a"), number);
            assert_eq!(line.finish(), alloc::format!("{{,\"a\":{number}}}"));
        }
        let texts = ["0.0.0.0", "10.1.200.255", "255.255.255.255", "9.99.100.0"];
        for text in texts.into_iter().chain(["::1", "2001:db8::a:0", "::ffff:1.2.3.4"]) {
            let mut line = line();
            let place = line.address(field!("a"), text.parse().unwrap());
            line.again(field!("b"), place);
            let expected = alloc::format!("{{\"a\":\"{text}\",\"b\":\"{text}\"}}");
            assert_eq!(object(line), expected);
        }
        for byte in 0..=u8::MAX {
            let mut line = line();
            let address = Ipv4Addr::new(byte, 0, 255, byte);
            line.address(field!("a"), address.into());
            assert_eq!(line.finish(), alloc::format!("{{,\"a\":\"{address}\"}}"));
        }
        let day = 86_400_000;
        for millis in [0, 1, -1, 1_795_000_000_123, 253_402_300_799_999, 253_402_300_800_000]
            .into_iter()
            .chain((0..40_000).map(|n| n * day - n))
            .chain([i64::MIN, i64::MAX])
        {
            let time = Time::from_unix_millis(millis);
            let text = Line::at(time).finish();
            assert_eq!(text, alloc::format!("{{\"@timestamp\":\"{time}\"}}"));
        }
    }

    #[test]
    fn what_a_client_sent_stays_inside_its_string() {
        let mut line = line();
        line.bytes(field!("a"), b"\"},{\"x\":\"\r\n\\\x00\x7f\xe9<b>", 100);
        line.fixed(",\"b\":[\"c\",\"d\"]");
        line.number(field!(number "e"), 7);
        assert_eq!(
            object(line),
            r#"{"a":"\"},{\"x\":\"\u000d\u000a\\\u0000\u007f\u00e9\u003cb\u003e","b":["c","d"],"e":7}"#
        );
    }

    #[test]
    fn a_run_ends_at_the_first_byte_that_needs_an_escape() {
        for byte in 0..=u8::MAX {
            for length in [1, 8, 9, 24] {
                for at in 0..length {
                    let mut text = [b'='; 24];
                    text[at] = byte;
                    let expected = if is_plain(byte) { length } else { at };
                    assert_eq!(plain_run(&text[..length]), expected, "{byte} at {at}");
                }
            }
        }
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
            let mut line = line();
            line.bytes(field!("a"), b"a\"b\nc\xffd", max);
            assert!(serde_json::from_str::<serde_json::Value>(&object(line)).is_ok(), "{max}");
        }
    }
}
