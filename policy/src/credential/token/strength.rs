//! Judges whether a secret is good enough to guard anything.

use crate::credential::carrier::{Alphabet, MAX_SECRET};
use core::fmt;

/// Why a secret is refused. Its text never says what the secret is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weakness {
    /// Nothing.
    Empty,
    /// A line break or a carriage return after it, mostly from a file.
    LineBreak,
    /// Other white space before or after it.
    Surrounded,
    /// Quotes around it, which some readers of `.env` files take for a part of it.
    Quoted,
    /// A word and a blank in front, such as `Bearer `.
    Schemed,
    /// A text that should have been replaced by the secret: a reference to it, or a path.
    Reference,
    /// It has bytes that its carrier can't carry as one credential.
    Unsendable(Alphabet),
    /// A text that documentation tells people to replace.
    Known,
    /// It has fewer than 32 characters; this many.
    Short(usize),
    /// It is longer than any credential that is read; this many characters.
    Long(usize),
    /// Its characters can't hold 128 bits.
    Poor,
}

impl Weakness {
    /// What to do about it, for a secret that is sent in this alphabet.
    pub(crate) fn expected(self, alphabet: Alphabet) -> &'static str {
        match self {
            Self::LineBreak => {
                "the secret alone: `printf %s` writes it without a line break, `echo` does not"
            }
            Self::Quoted | Self::Surrounded => "the secret alone, without what is around it",
            Self::Schemed => "the token alone: the scheme before it is the policy's `scheme`",
            Self::Reference => "the secret itself: nobody replaced this text with it",
            _ => match alphabet {
                Alphabet::Ascii => {
                    "32 to 1024 characters of visible ascii without comma that hold 128 bits, as `openssl rand -hex 32` makes them"
                }
                Alphabet::Text => {
                    "32 to 1024 bytes of utf-8 without control characters that hold 128 bits, as `openssl rand -hex 32` makes them"
                }
            },
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty secret",
            Self::LineBreak => "a secret with a line break at its end",
            Self::Surrounded => "a secret with white space around it",
            Self::Quoted => "a secret in quotes",
            Self::Schemed => "a secret with a word before it, such as `Bearer`",
            Self::Reference => "a reference to a secret",
            Self::Unsendable(Alphabet::Ascii) => {
                "a secret with a comma or a character outside visible ascii"
            }
            Self::Unsendable(Alphabet::Text) => {
                "a secret with a control character, or in another encoding than utf-8"
            }
            Self::Known => "a well-known placeholder",
            Self::Short(len) | Self::Long(len) => {
                return write!(f, "a secret of {len} characters");
            }
            Self::Poor => "a secret whose characters can't make up 128 bits",
        })
    }
}

/// The shortest token: 32 hexadecimal digits are 128 bits.
pub(super) const MIN_TOKEN: usize = 32;

/// Words that show that a secret was copied from documentation.
const PLACEHOLDERS: [&str; 14] = [
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "replace_me",
    "your-",
    "your_",
    "example",
    "placeholder",
    "secret-here",
    "secret_here",
    "insert-",
    "todo",
];

/// The weakness of a secret that is sent in this alphabet, or `None` if it is good enough.
pub(crate) fn weakness(secret: &[u8], alphabet: Alphabet) -> Option<Weakness> {
    if secret.is_empty() {
        return Some(Weakness::Empty);
    }
    if secret.trim_ascii().len() != secret.len() {
        let is_at_end = matches!(secret, [.., b'\n' | b'\r']);
        return Some(if is_at_end { Weakness::LineBreak } else { Weakness::Surrounded });
    }
    if let [first @ (b'"' | b'\'' | b'`'), .., last] = secret
        && first == last
    {
        return Some(Weakness::Quoted);
    }
    let word = secret.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if alphabet == Alphabet::Ascii && word > 0 && secret.get(word) == Some(&b' ') {
        return Some(Weakness::Schemed);
    }
    if is_reference(secret) {
        return Some(Weakness::Reference);
    }
    if !alphabet.holds(secret) {
        return Some(Weakness::Unsendable(alphabet));
    }
    if is_placeholder(secret) {
        return Some(Weakness::Known);
    }
    if secret.len() < MIN_TOKEN {
        return Some(Weakness::Short(secret.len()));
    }
    if secret.len() > MAX_SECRET {
        return Some(Weakness::Long(secret.len()));
    }
    (possible_millibits(secret) < 128_000).then_some(Weakness::Poor)
}

/// The key id of a token of the form `wg_<id>_<secret>`.
pub(crate) fn key_id(token: &[u8]) -> Option<&str> {
    let rest = token.strip_prefix(b"wg_")?;
    let end = rest.iter().position(|&byte| byte == b'_')?;
    let id = rest.get(..end)?;
    let good = !id.is_empty()
        && id.len() <= 64
        && id.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    if good { core::str::from_utf8(id).ok() } else { None }
}

/// Texts with which a reference to a secret begins: a shell's, a template's, a secret store's, or a
/// mounted file's. None begins a random token but by a chance of one in a thousand millions, except
/// the short ones, which have signs that generators of tokens don't use.
const REFERENCES: [&str; 10] =
    ["${", "$(", "{{", "<", "arn:", "op://", "projects/", "/run/", "/var/", "vault:"];

fn is_reference(secret: &[u8]) -> bool {
    REFERENCES.iter().any(|start| secret.starts_with(start.as_bytes()))
}

fn is_placeholder(secret: &[u8]) -> bool {
    // In a long random secret one of these words can come up by chance. In a short one that is
    // mostly words it is no chance.
    secret.len() < 64 && PLACEHOLDERS.iter().any(|word| says(secret, word.as_bytes()))
}

/// Words up to this length come up by chance in one of a million random tokens, or more often. They
/// count only if they stand apart, or make up most of the secret.
const MAX_SHORT: usize = 5;

fn says(secret: &[u8], word: &[u8]) -> bool {
    let mut places = secret
        .windows(word.len())
        .enumerate()
        .filter(|(_, part)| part.eq_ignore_ascii_case(word))
        .map(|(place, _)| place);
    if word.len() > MAX_SHORT {
        return places.next().is_some();
    }
    let in_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    // `your-` ends with its own separator.
    let is_closed = !in_word(word.last());
    let stands_apart = |place: usize| {
        let before = place.checked_sub(1).and_then(|before| secret.get(before));
        let after = place.checked_add(word.len()).and_then(|after| secret.get(after));
        !in_word(before) && (is_closed || !in_word(after))
    };
    let count = places.clone().count();
    places.any(stands_apart) || count.saturating_mul(word.len()).saturating_mul(2) > secret.len()
}

/// An upper bound of the entropy of a secret, in thousandths of a bit: its length times the bits of
/// the alphabet that it seems to be drawn from. Zero for a few characters repeated.
fn possible_millibits(secret: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in secret {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    if seen.iter().filter(|seen| **seen).count() < 8 {
        return 0;
    }
    let all = |test: fn(&u8) -> bool| secret.iter().all(test);
    let per_character = if all(u8::is_ascii_digit) {
        3_321
    } else if all(u8::is_ascii_hexdigit) {
        4_000
    } else if all(|b| b.is_ascii_lowercase()) || all(|b| b.is_ascii_uppercase()) {
        4_700
    } else if all(u8::is_ascii_alphanumeric) {
        5_169
    } else {
        5_954
    };
    secret.len().saturating_mul(per_character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn good_secrets() {
        for secret in [
            "4f8a1c0d9e2b7365af01d2c4b6e8f790",
            "wg_2026-q4_8Jm2vQx7Kp0Rz5Tn3Wc9Yb6Ld1Hf4Gs",
            "kQ3+vN8/xT2=zR7wM5yB1cD9eF4gH6jL",
            "012345678901234567890123456789012345678",
            // This one has a word by chance.
            "4f8a1c0dToDo7365af01d2c4b6e8f790",
            "4f8a1c0d9e2byour-7365af01d2c4b6e8f790",
            "\"f8a1c0d9e2b7365af01d2c4b6e8f790'",
            "/f8a1c0d9e2b7365af01d2c4b6e8f790+",
        ] {
            assert_eq!(weakness(secret.as_bytes(), Alphabet::Ascii), None, "{secret}");
        }
    }

    #[test]
    fn weak_secrets() {
        for (secret, expected) in [
            ("", Weakness::Empty),
            ("  ", Weakness::Surrounded),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f790\n", Weakness::LineBreak),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f790\r\n", Weakness::LineBreak),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f790\r", Weakness::LineBreak),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f790 ", Weakness::Surrounded),
            ("\"4f8a1c0d9e2b7365af01d2c4b6e8f790\"", Weakness::Quoted),
            ("'4f8a1c0d9e2b7365af01d2c4b6e8f790'", Weakness::Quoted),
            ("Bearer 4f8a1c0d9e2b7365af01d2c4b6e8f790", Weakness::Schemed),
            ("ApiKey 4f8a1c0d9e2b7365af01d2c4b6e8f790", Weakness::Schemed),
            ("${INTERNAL_JOB_TOKEN_OF_THE_SCHEDULER}", Weakness::Reference),
            ("${{ secrets.INTERNAL_JOB_TOKEN }}", Weakness::Reference),
            ("<the-token-of-the-scheduler-goes-here>", Weakness::Reference),
            ("op://production/job-scheduler/token-2026-q4", Weakness::Reference),
            ("/var/run/secrets/kubernetes.io/serviceaccount/token", Weakness::Reference),
            ("4f8a1c0d9e2b7365af01d2c4b6e8f79", Weakness::Short(31)),
            ("changeme", Weakness::Known),
            ("your-generated-secret-here-please", Weakness::Known),
            ("todo-todo-todo-todo-todo-todo-todo", Weakness::Known),
            ("todotodotodotodotodotodotodotodo", Weakness::Known),
            ("4f8a1c0d9e2b_TODO_7365af01d2c4b6e8f790", Weakness::Known),
            ("put-your-4f8a1c0d9e2b7365af01d2c4b6e8f790", Weakness::Known),
            ("CHANGEME-CHANGEME-CHANGEME-CHANGEME", Weakness::Known),
            ("4f8a1c0d9e2b7365,af01d2c4b6e8f790", Weakness::Unsendable(Alphabet::Ascii)),
            ("4f8a1c0d9e2b7365 af01d2c4b6e8f790", Weakness::Unsendable(Alphabet::Ascii)),
            ("pässword-pässword-pässword-pässword", Weakness::Unsendable(Alphabet::Ascii)),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Weakness::Poor),
            ("01234567890123456789012345678901", Weakness::Poor),
            ("abcabcabcabcabcabcabcabcabcabcabcabcabc", Weakness::Poor),
        ] {
            assert_eq!(weakness(secret.as_bytes(), Alphabet::Ascii), Some(expected), "{secret}");
        }
        assert_eq!(weakness(&[b'x'; 2_000], Alphabet::Ascii), Some(Weakness::Long(2_000)));
    }

    /// 256 random bits in base64url, as generators make them, from a fixed seed (SplitMix64).
    #[test]
    fn random_tokens_are_good() {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut state = 0x5eed_u64;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        for _ in 0..200_000 {
            let token: Vec<u8> = (0..43).map(|_| ALPHABET[next() as usize % 64]).collect();
            assert_eq!(
                weakness(&token, Alphabet::Ascii),
                None,
                "{}",
                String::from_utf8_lossy(&token)
            );
        }
    }

    #[test]
    fn key_ids() {
        for (token, id) in [
            ("wg_2026-q4_secret", Some("2026-q4")),
            ("wg_a_", Some("a")),
            ("wg__secret", None),
            ("wg_a", None),
            ("WG_a_b", None),
            ("wg_A_b", None),
            ("x", None),
            ("wg_a_b_c", Some("a")),
        ] {
            assert_eq!(key_id(token.as_bytes()), id, "{token}");
        }
    }
}
