//! Escapes that are no RFC 3986 ones, and that some servers read or drop all the same: cut short,
//! overlong, of bytes that are not UTF-8, `%u` and a code point.

use super::tokens::{self, escaped};
use crate::probe::Probe;

/// Texts that a decoder may drop, replace or choke on.
pub(super) const BROKEN: &[&str] = &[
    "%",
    "%2",
    "%f",
    "%zz",
    "%%",
    "%2%",
    "%g1",
    "% 1",
    "%+1",
    "%-1",
    "%0x",
    "%ff",
    "%FF",
    "%fe",
    "%80",
    "%bf",
    "%c0",
    "%c2",
    "%e2",
    "%e2%84",
    "%f0%9f",
    "%f4%90%80%80",
    "%c0%80",
    "%c1%bf",
    "%e0%80%80",
    "%ed%a0%80",
    "%ed%b0%80",
    "%ef%bb%bf",
    "%ef%bf%bd",
    "%ef%bf%be",
    "%c2%ad",
    "%e2%80%8b",
    "%e2%80%8d",
    "%e2%81%a0",
    "%cc%87",
    "%u",
    "%u0",
    "%u00",
    "%u002",
    "%u0000",
    "%ufeff",
    "%ufffd",
    "%ud800",
    "%uzzzz",
    "%U0069",
    "%x69",
    "%{69}",
    "\u{ff}",
    "\u{80}",
    "\u{c2}",
    "\u{e2}\u{84}",
    "\u{ef}\u{bb}\u{bf}",
    "\u{c2}\u{ad}",
];

/// Separators that are none by the letter.
const SEPARATORS: &[&str] = &[
    "%c0%af",
    "%C0%AF",
    "%c0%2f",
    "%e0%80%af",
    "%f0%80%80%af",
    "%c1%9c",
    "%c1%af",
    "%e0%81%9c",
    "%u002f",
    "%u002F",
    "%u2215",
    "%u2216",
    "%u2044",
    "%uff0f",
    "%uFF0F",
    "%uff3c",
    "%u005c",
    "%u003b/",
    "%u002e%u002e/",
    "%25u002f",
    "%c0%ae%c0%ae/",
    "/%c0%ae/",
    "/x/%c0%ae%c0%ae/",
    "/x/%u002e%u002e/",
    "/x/%uff0e%uff0e/",
    "/%u002e/",
    "/x/%e0%80%ae%e0%80%ae/",
    "\u{c0}\u{af}",
    "\u{e0}\u{80}\u{af}",
];

pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let bytes = base.as_bytes();
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            for broken in BROKEN {
                found.push(Probe::get([head, &tokens::bytes(broken), tail].concat()));
            }
            let Some((&own, rest)) = tail.split_first() else { continue };
            for spelling in odd(own) {
                found.push(Probe::get([head, spelling.as_bytes(), rest].concat()));
            }
            // An escape that is whole beside one that isn't.
            for broken in ["%", "%2", "%ff", "%u"] {
                let both = format!("{broken}%{own:02x}");
                found.push(Probe::get([head, both.as_bytes(), rest].concat()));
                let both = format!("%{own:02x}{broken}");
                found.push(Probe::get([head, both.as_bytes(), rest].concat()));
            }
            if own == b'/' {
                for separator in SEPARATORS {
                    found.push(Probe::get([head, &tokens::bytes(separator), rest].concat()));
                }
            }
        }
        // All of it, and all but the separators.
        for keep in ["", "/"] {
            for form in 0..ODD {
                let all: String = base
                    .bytes()
                    .map(|byte| match odd(byte).into_iter().nth(form) {
                        Some(odd) if !keep.as_bytes().contains(&byte) => odd,
                        _ => char::from(byte).to_string(),
                    })
                    .collect();
                found.push(Probe::get(all));
            }
        }
    }
    found
}

/// The number of forms of [`odd`].
const ODD: usize = 8;

/// An ASCII character as no RFC has it.
pub(super) fn odd(byte: u8) -> [String; ODD] {
    let two = [0xC0 | byte >> 6, 0x80 | byte & 0x3F];
    let three = [0xE0, 0x80 | byte >> 6, 0x80 | byte & 0x3F];
    let four = [0xF0, 0x80, 0x80 | byte >> 6, 0x80 | byte & 0x3F];
    let wide = u32::from(byte) + 0xFEE0;
    [
        format!("%u00{byte:02x}"),
        format!("%u00{byte:02X}"),
        format!("%U00{byte:02x}"),
        format!("%u{wide:04x}"),
        format!("%25u00{byte:02x}"),
        escaped(&two),
        escaped(&three),
        escaped(&four),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_are_among_them() {
        let found = probes(&["/internal/x".to_owned()]);
        for target in [
            "/internal/x%",
            "/internal/x%2",
            "/internal%ff/x",
            "/%u0069nternal/x",
            "/internal%c0%afx",
            "/internal%e0%80%afx",
            "/inter%zznal/x",
            "/%c1%a9nternal/x",
            "/%u0069%u006e%u0074%u0065%u0072%u006e%u0061%u006c/%u0078",
        ] {
            assert!(found.contains(&Probe::get(target)), "{target}");
        }
    }
}
