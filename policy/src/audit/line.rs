//! Writing one line of JSON, bounded and in ASCII.

use alloc::string::{String, ToString};

/// A JSON object being written.
pub(super) struct Line(String);

impl Line {
    pub(super) fn new() -> Self {
        let mut line = String::with_capacity(1_024);
        line.push('{');
        Self(line)
    }

    /// A text of the gate's own that needs no escaping.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        self.bytes(name, value.as_bytes(), usize::MAX);
    }

    /// Bytes that a client sent, at most `max` bytes of them once escaped.
    pub(super) fn bytes(&mut self, name: &str, value: &[u8], max: usize) {
        self.name(name);
        self.0.push('"');
        let end = self.0.len().saturating_add(max);
        for &byte in value {
            let before = self.0.len();
            self.escape(byte);
            if self.0.len() > end {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push('"');
    }

    /// [`Self::bytes`], if there are any.
    pub(super) fn maybe(&mut self, name: &str, value: Option<&[u8]>, max: usize) {
        if let Some(value) = value {
            self.bytes(name, value, max);
        }
    }

    /// [`Self::maybe`], cut so that the line is no longer than `end`; left out where next to nothing
    /// of it would be left.
    #[cfg(feature = "jwt-core")]
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

    pub(super) fn number(&mut self, name: &str, value: impl ToString) {
        self.name(name);
        self.0.push_str(&value.to_string());
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

    /// A byte beyond ASCII stands for the Latin-1 character of its number, which keeps apart what
    /// was apart. DEL and the characters that HTML gives a meaning are escaped too: a line may
    /// end up on a page.
    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        match byte {
            b'"' => self.0.push_str("\\\""),
            b'\\' => self.0.push_str("\\\\"),
            b' '..=b'~' if !matches!(byte, b'<' | b'>' | b'&') => self.0.push(char::from(byte)),
            _ => {
                self.0.push_str("\\u00");
                for nibble in [byte >> 4, byte & 15] {
                    self.0.push(HEX.get(usize::from(nibble)).copied().map_or('0', char::from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_cut_never_splits_an_escape() {
        for max in 0..20 {
            let mut line = Line::new();
            line.bytes("a", b"a\"b\nc\xffd", max);
            assert!(serde_json::from_str::<serde_json::Value>(&line.finish()).is_ok(), "{max}");
        }
    }
}
