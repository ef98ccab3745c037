//! The targets of `vectors/paths`.

use std::fs;
use std::path::Path;

/// The targets of a list, in its order.
///
/// # Panics
///
/// If the list can't be read. It belongs to the project.
#[must_use]
pub fn targets(name: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../vectors/paths").join(name);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read `{}`: {error}", path.display()));
    let lines =
        text.lines().filter(|line| !line.is_empty() && *line != "#" && !line.starts_with("# "));
    lines.map(unescape).collect()
}

/// Latin-1 with `\xNN` for what is not printable and `\\` for a backslash.
fn unescape(line: &str) -> Vec<u8> {
    let mut parts = line.split('\\');
    let mut bytes = latin1(parts.next().unwrap_or_default());
    let mut after_backslash = false;
    for part in parts {
        match (part.strip_prefix('x'), after_backslash) {
            (_, true) => {
                bytes.extend(latin1(part));
                after_backslash = false;
            }
            (Some(hex), false) => {
                let (digits, rest) = hex.split_at(2);
                bytes.push(u8::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("`{line}`")));
                bytes.extend(latin1(rest));
            }
            (None, false) => {
                assert!(part.is_empty(), "a lone backslash in `{line}`");
                bytes.push(b'\\');
                after_backslash = true;
            }
        }
    }
    bytes
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap_or_else(|_| panic!("`{text}`"))).collect()
}
