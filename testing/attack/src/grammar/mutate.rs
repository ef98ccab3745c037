//! One random step from one spelling of a target to another.

use super::{escapes, folds, nextjs, parts, tokens, twins};
use crate::origins::Origin;
use crate::rng::Rng;

/// A target that differs from `target` in one step.
pub fn mutate(target: &[u8], origin: &Origin, rng: &mut Rng) -> Vec<u8> {
    if origin.is_nextjs() && rng.below(3) == 0 {
        return nextjs::mutate(target, rng);
    }
    let at = rng.below(target.len() + 1);
    match rng.below(19) {
        0 | 1 => respell(target, rng),
        2 | 3 => separator(target, rng),
        4 => [&tokens::bytes(rng.pick(tokens::PREFIXES)), target].concat(),
        5 => [target, &tokens::bytes(rng.pick(tokens::SUFFIXES))].concat(),
        6 => insert(target, at, &tokens::bytes(rng.pick(tokens::SEPARATORS))),
        7 => insert(target, boundary(target, rng), &tokens::bytes(rng.pick(tokens::SEPARATORS))),
        8 => insert(target, boundary(target, rng), &tokens::bytes(rng.pick(tokens::SUFFIXES))),
        9 => insert(target, at, &any_byte(rng)),
        10 => change_case(target, rng),
        11 => escape_all(target, rng),
        12 => dots(target, rng),
        13 => splice(target, rng),
        14 => folded(target, rng),
        15 => insert(target, at, &tokens::bytes(rng.pick(escapes::BROKEN))),
        16 => twin(target, rng),
        17 => absolute(target, rng),
        _ => remove(target, at),
    }
}

fn insert(target: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    let (head, tail) = target.split_at(at.min(target.len()));
    [head, part, tail].concat()
}

fn remove(target: &[u8], at: usize) -> Vec<u8> {
    let mut target = target.to_vec();
    if at < target.len() {
        target.remove(at);
    }
    target
}

/// The place before or after some separator.
fn boundary(target: &[u8], rng: &mut Rng) -> usize {
    let places: Vec<usize> = (0..target.len()).filter(|at| target[*at] == b'/').collect();
    if places.is_empty() { target.len() } else { rng.pick(&places) + rng.below(2) }
}

/// One character in another spelling, not always a readable one.
fn respell(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    if target.is_empty() {
        return Vec::new();
    }
    let at = rng.below(target.len());
    let spellings = tokens::spellings(target[at]);
    // The plain escapes come first and lead the farthest.
    let most = if rng.below(3) == 0 { spellings.len() } else { 5 };
    let spelling = &spellings[rng.below(most)];
    [&target[..at], spelling, &target[at + 1..]].concat()
}

fn separator(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let places: Vec<usize> = (0..target.len()).filter(|at| target[*at] == b'/').collect();
    if places.is_empty() {
        return target.to_vec();
    }
    let at = rng.pick(&places);
    let token = tokens::bytes(rng.pick(tokens::SEPARATORS));
    [&target[..at], &token, &target[at + 1..]].concat()
}

fn any_byte(rng: &mut Rng) -> Vec<u8> {
    let byte = u8::try_from(rng.below(256)).unwrap_or(0);
    match rng.below(4) {
        0 => vec![byte],
        1 => format!("%{byte:02x}").into_bytes(),
        2 => format!("%25{byte:02x}").into_bytes(),
        _ => vec![rng.pick(b"/\\.;%?#:@*&=+,~ \t\r!$'()[]{}|^`<>\"")],
    }
}

fn change_case(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut target = target.to_vec();
    match rng.below(3) {
        0 => target.make_ascii_uppercase(),
        1 => {
            for byte in &mut target {
                if rng.below(2) == 0 {
                    byte.make_ascii_uppercase();
                }
            }
        }
        _ => {
            let at = rng.below(target.len().max(1));
            if let Some(byte) = target.get_mut(at) {
                *byte ^= if byte.is_ascii_alphabetic() { 0x20 } else { 0 };
            }
        }
    }
    target
}

/// Every character of a stretch escaped, once or twice.
fn escape_all(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let from = rng.below(target.len() + 1);
    let to = from + rng.below(target.len() - from + 1);
    let percent = rng.pick(&["%", "%", "%25"]);
    let keep_slashes = rng.below(2) == 0;
    let mut found = target[..from].to_vec();
    for &byte in &target[from..to] {
        if keep_slashes && byte == b'/' {
            found.push(byte);
        } else {
            found.extend(format!("{percent}{byte:02x}").into_bytes());
        }
    }
    found.extend_from_slice(&target[to..]);
    found
}

/// A detour that dot segments take back, in some spelling, at some boundary.
fn dots(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let slash = ["/", "/", "/", "%2f", "\\", "%5c", "//", "%252f"];
    let up =
        ["..", "..", "%2e%2e", ".%2E", "%2e.", "..;", "..;x", "%252e%252e", ".%00.", "..%00", ".."];
    let name = ["x", "pub", "objects", "internal", "", ";", "x;y", "%2f", "..", "."];
    let count = 1 + rng.below(2);
    let mut part = String::new();
    for _ in 0..count {
        part += rng.pick(&slash);
        part += rng.pick(&name);
    }
    for _ in 0..count + usize::from(rng.below(4) == 0) {
        part += rng.pick(&slash);
        part += rng.pick(&up);
    }
    insert(target, boundary(target, rng), part.as_bytes())
}

/// A text in the target as a character that folds into it.
fn folded(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let fold = &folds::CASE[rng.below(folds::CASE.len())];
    let text = fold.ascii.as_bytes();
    let at = |at: &usize| target[*at..].to_ascii_lowercase().starts_with(text);
    let places: Vec<usize> = (0..target.len()).filter(at).collect();
    if places.is_empty() {
        return respell(target, rng);
    }
    let at = rng.pick(&places);
    let forms = folds::forms(fold.character);
    [&target[..at], &forms[rng.below(forms.len())], &target[at + text.len()..]].concat()
}

/// A further path under which a framework may serve the same handler.
fn twin(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let query = target.iter().position(|&byte| byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at(query);
    match rng.below(4) {
        0 => [rng.pick(twins::PREFIXES).as_bytes(), target].concat(),
        1 => {
            let places: Vec<usize> = (0..path.len()).filter(|at| path[*at] == b'/').collect();
            let at = if places.is_empty() { 0 } else { rng.pick(&places) + 1 };
            insert(target, at, rng.pick(twins::MARKS).as_bytes())
        }
        _ => [path, rng.pick(twins::SUFFIXES).as_bytes(), query].concat(),
    }
}

/// An absolute form, whole or not.
fn absolute(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let scheme = rng.pick(&["http:", "https:", "x:", "", "", "/"]);
    let slashes = rng.pick(&["//", "//", "/", "", "\\", "///"]);
    let authority = tokens::bytes(rng.pick(parts::AUTHORITIES));
    [scheme.as_bytes(), slashes.as_bytes(), &authority, target].concat()
}

/// A part of the target once more, somewhere else.
fn splice(target: &[u8], rng: &mut Rng) -> Vec<u8> {
    let from = rng.below(target.len() + 1);
    let to = from + rng.below(target.len() - from + 1).min(24);
    let part = target[from..to].to_vec();
    insert(target, boundary(target, rng), &part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::named;

    #[test]
    fn goes_on_from_anything() {
        let mut rng = Rng::new(1, "mutate");
        for origin in ["nextjs", "fastify-strict"].map(|name| named(name).unwrap()) {
            for start in [&b""[..], b"/", b"\xff", b"%", b"/_next/image?url=/x"] {
                let mut target = start.to_vec();
                for _ in 0..300 {
                    target = mutate(&target, origin, &mut rng);
                    target.truncate(300);
                }
            }
        }
    }
}
