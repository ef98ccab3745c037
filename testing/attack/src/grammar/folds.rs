//! Characters beyond ASCII that some origin takes for ASCII: by case, by compatibility, by best fit.

use std::sync::LazyLock;

use super::tokens::escaped;
use crate::probe::Probe;

/// A character, and the ASCII text in lower case that it folds into.
pub(super) struct Fold {
    pub(super) ascii: String,
    pub(super) character: char,
}

/// Every character whose lower, upper or folded form holds ASCII (Unicode's `UnicodeData.txt` and
/// `SpecialCasing.txt`, as the standard library has them).
pub(super) static CASE: LazyLock<Vec<Fold>> = LazyLock::new(|| {
    let beyond_ascii = ('\u{80}'..=char::MAX).flat_map(|character| {
        let lower: String = character.to_lowercase().collect();
        let upper: String = character.to_uppercase().collect();
        // Folding can take two steps: a capital sharp s is `ß`, and that is `SS`.
        let forms = [lower.to_uppercase(), upper.to_lowercase(), lower, upper];
        let mut found: Vec<Fold> = Vec::new();
        for form in forms {
            // Some keep a mark of their own: `İ` is `i` and a dot above.
            let ascii: String = form.chars().filter(char::is_ascii).collect();
            let ascii = ascii.to_ascii_lowercase();
            if !ascii.is_empty() && found.iter().all(|fold| fold.ascii != ascii) {
                found.push(Fold { ascii, character });
            }
        }
        found
    });
    beyond_ascii.collect()
});

/// The commonest results of compatibility forms (NFKC), best-fit code pages and the removal of
/// accents for a character.
static ALIKE: LazyLock<Vec<Fold>> = LazyLock::new(|| {
    let mut found: Vec<Fold> = Vec::new();
    let mut add = |ascii: &str, character: char| {
        found.push(Fold { ascii: ascii.to_ascii_lowercase(), character });
    };
    for (first, start, count) in RUNS {
        let text = (0..*count).filter_map(|index| char::from_u32(u32::from(*first) + index));
        for (offset, ascii) in text.enumerate() {
            let offset = u32::try_from(offset).unwrap_or_default();
            if let Some(character) = char::from_u32(u32::from(*start) + offset) {
                add(ascii.encode_utf8(&mut [0; 4]), character);
            }
        }
    }
    for (ascii, characters) in SETS {
        characters.chars().for_each(|character| add(ascii, character));
    }
    found
});

/// Runs of characters that stand for a run of ASCII: its first, theirs, how many.
const RUNS: &[(char, char, u32)] = &[
    ('!', '\u{FF01}', 94),
    ('A', '\u{1D400}', 26),
    ('a', '\u{1D41A}', 26),
    ('a', '\u{1D68A}', 26),
    ('0', '\u{1D7CE}', 10),
    ('A', '\u{24B6}', 26),
    ('a', '\u{24D0}', 26),
    ('0', '\u{2080}', 10),
    ('4', '\u{2074}', 6),
];

const SETS: &[(&str, &str)] = &[
    ("a", "ªáàâäãåāąᵃ"),
    ("b", "ᵇ"),
    ("c", "çćčⅽ"),
    ("d", "ďđⅾ"),
    ("e", "éèêëēęℯ"),
    ("g", "ğģℊ"),
    ("i", "ⁱíìîïīįǐⅰℹ"),
    ("k", "ķǩᵏ"),
    ("l", "łľℓⅼ"),
    ("n", "ñńņňⁿ"),
    ("o", "ºóòôöõøℴ"),
    ("r", "řŕʳ"),
    ("s", "śšşșˢ"),
    ("t", "ťţțᵗ"),
    ("u", "úùûüůᵘ"),
    ("1", "¹"),
    ("2", "²"),
    ("4", "⁴"),
    (".", "․﹒。｡"),
    ("..", "‥"),
    ("-", "‐‑‒–—−﹣"),
    ("_", "‿﹍"),
    ("/", "∕⁄⧸╱"),
    ("\\", "∖﹨⧵"),
];

/// Every fold at every place where a base holds its text, in every form in which it can be sent.
pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        for (fold, most) in
            CASE.iter().map(|fold| (fold, usize::MAX)).chain(ALIKE.iter().map(|fold| (fold, 2)))
        {
            let places: Vec<usize> =
                base.match_indices(fold.ascii.as_str()).map(|(at, _)| at).collect();
            for form in forms(fold.character) {
                for &at in places.iter().take(most) {
                    let tail = &base.as_bytes()[at + fold.ascii.len()..];
                    found.push(Probe::get([&base.as_bytes()[..at], &form, tail].concat()));
                }
                if places.len() > 1 {
                    found.push(Probe::get(replaced(base, &fold.ascii, &form)));
                }
            }
        }
    }
    found
}

/// A character raw and escaped, as UTF-8, as a byte of Latin-1 and as `%u`.
pub(super) fn forms(character: char) -> Vec<Vec<u8>> {
    let code = u32::from(character);
    let utf8 = character.to_string().into_bytes();
    let lower = escaped(&utf8);
    let mut found = vec![
        utf8,
        lower.to_ascii_uppercase().into_bytes(),
        lower.replace('%', "%25").into_bytes(),
        lower.into_bytes(),
    ];
    if let Ok(byte) = u8::try_from(code) {
        found.push(vec![byte]);
        found.push(format!("%{byte:02X}").into_bytes());
    }
    if code <= 0xFFFF {
        found.push(format!("%u{code:04x}").into_bytes());
        found.push(format!("%u{code:04X}").into_bytes());
    }
    found
}

fn replaced(base: &str, text: &str, by: &[u8]) -> Vec<u8> {
    let parts: Vec<&[u8]> = base.split(text).map(str::as_bytes).collect();
    parts.join(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_into_ascii_is_known() {
        let has = |ascii: &str, character| {
            CASE.iter().any(|fold| fold.ascii == ascii && fold.character == character)
        };
        for (ascii, character) in [
            ("k", '\u{212A}'),
            ("s", '\u{17F}'),
            ("i", '\u{131}'),
            ("i", '\u{130}'),
            ("ss", 'ß'),
            ("ss", '\u{1E9E}'),
            ("fi", 'ﬁ'),
            ("st", 'ﬆ'),
            ("j", 'ǰ'),
        ] {
            assert!(has(ascii, character), "{character}");
        }
        assert!(CASE.len() < 60, "{}", CASE.len());
    }

    #[test]
    fn a_fold_comes_raw_and_escaped() {
        let found = probes(&["/tasks/kiosk".to_owned()]);
        for target in [
            "/tas%E2%84%AAs/kiosk",
            "/tas\u{212A}s/kiosk",
            "/tas%u212as/kiosk",
            "/ta%C5%BFks/kiosk",
            "/tasks/k%c4%b1osk",
            "/tas%e2%84%aas/%e2%84%aaios%e2%84%aa",
            "/tasks/k%EDosk",
        ] {
            assert!(found.contains(&Probe::get(target)), "{target}");
        }
    }
}
