//! Paths that an origin takes from the query: it asks itself for them, past every gate before it.

use super::steps;
use alloc::vec::Vec;

/// The values of a target's `url` parameters, decoded once as a form is (WHATWG URL, section 5.1).
///
/// Next.js serves `/_next/image?url=/path` by asking its own server for `/path`, so that the
/// handler of a guarded path runs.
///
/// Each value once, and no more than `most` of them.
pub(crate) fn inner_targets(target: &[u8], most: usize) -> Vec<Vec<u8>> {
    let query = target.splitn(2, |&byte| byte == b'?').nth(1).unwrap_or_default();
    let mut found: Vec<Vec<u8>> = Vec::new();
    // Next.js parts at `&` only; `;`, `?` and `#` part too for some, so each way is read.
    for ends in [&b"&"[..], b"&;", b"&?#", b"&;?#"] {
        for pair in query.split(|byte| ends.contains(byte)) {
            if found.len() >= most {
                return found;
            }
            let mut parts = pair.splitn(2, |&byte| byte == b'=');
            let name = form_decode(parts.next().unwrap_or_default());
            let value = form_decode(parts.next().unwrap_or_default());
            if is_url(&name) && !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// Whether the path is that of the image optimizer, under whatever prefix.
pub(crate) fn is_image_optimizer(path: &[u8]) -> bool {
    const NAME: &[u8] = b"/_next/image";
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.len()
        .checked_sub(NAME.len())
        .and_then(|start| path.get(start..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(NAME))
}

/// `url`, and what bracket-aware parsers take for it (`url[]`, `url[0]`).
fn is_url(name: &[u8]) -> bool {
    let name = name.split(|&byte| byte == b'[').next().unwrap_or(name);
    name.trim_ascii().eq_ignore_ascii_case(b"url")
}

fn form_decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    steps::decode(&spaced).unwrap_or(spaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn the_values_of_url() {
        for (target, values) in [
            ("/_next/image?url=/balance/42&w=64", &["/balance/42"][..]),
            ("/_next/image?w=64&url=%2Fbalance%2F42", &["/balance/42"]),
            ("/_next/image?%75rl=/a&URL=/b;url=/c", &["/a", "/b;url=/c", "/b", "/c"]),
            ("/_next/image?url=/balance/;42", &["/balance/;42", "/balance/"]),
            ("/_next/image?url[]=/a&url", &["/a", ""]),
            ("/_next/image?u=/a&curl=/b", &[]),
            ("/_next/image", &[]),
        ] {
            let found: Vec<String> = inner_targets(target.as_bytes(), 9)
                .into_iter()
                .map(|v| String::from_utf8(v).unwrap())
                .collect();
            assert_eq!(found, values, "{target}");
        }
    }

    #[test]
    fn the_image_optimizer() {
        for path in ["/_next/image", "/docs/_next/image", "/_NEXT/Image/"] {
            assert!(is_image_optimizer(path.as_bytes()), "{path}");
        }
        for path in ["/_next/images", "/image", "/_next/image/x", ""] {
            assert!(!is_image_optimizer(path.as_bytes()), "{path}");
        }
    }
}
