//! Complete lists: every byte, every prefix and suffix, collected lists.

use super::{Lists, tokens};
use crate::probe::Probe;

/// Every byte at every position: put in raw, percent-encoded and double-encoded, and every character
/// written as an escape.
pub(super) fn single_bytes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let base = base.as_bytes();
        for at in 0..=base.len() {
            let (head, tail) = base.split_at(at);
            let mut put = |part: &[u8], tail: &[u8]| {
                found.push(Probe::get([head, part, tail].concat()));
            };
            for byte in 0..=u8::MAX {
                put(&[byte], tail);
                put(format!("%{byte:02x}").as_bytes(), tail);
                put(format!("%25{byte:02X}").as_bytes(), tail);
                if let Some((_, rest)) = tail.split_first() {
                    put(&[byte], rest);
                    put(format!("%{byte:02X}").as_bytes(), rest);
                }
            }
            if let Some((&own, rest)) = tail.split_first() {
                for spelling in tokens::spellings(own) {
                    put(&spelling, rest);
                }
            }
        }
    }
    found
}

/// Every prefix with every suffix.
pub(super) fn affixes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let bare = base.trim_start_matches('/');
        for prefix in tokens::PREFIXES {
            for suffix in tokens::SUFFIXES {
                found.push(Probe::get(tokens::bytes(&format!("{prefix}{base}{suffix}"))));
            }
            found.push(Probe::get(tokens::bytes(&format!("{prefix}{bare}"))));
        }
    }
    found
}

/// The collected lists: each middle at each separator, each end at the end, with and without a
/// segment between.
pub(super) fn corpora(bases: &[String], lists: &Lists) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        for end in &lists.ends {
            found.push(Probe::get(format!("{base}{end}")));
            found.push(Probe::get(format!("{base}/{end}")));
        }
        for (at, _) in base.match_indices('/') {
            let (head, tail) = base.split_at(at);
            for middle in &lists.middles {
                found.push(Probe::get(format!("{head}{middle}{tail}")));
                found.push(Probe::get(format!("{head}/{middle}{tail}")));
                found.push(Probe::get(format!("{head}/x{middle}{tail}")));
                found.push(Probe::get(format!("{head}{middle}{}", tail.trim_start_matches('/'))));
            }
        }
        for method in &lists.methods {
            found.push(Probe::get(base.as_str()).with_method(method));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ways_are_among_the_enumerations() {
        let bases = ["/internal/x".to_owned()];
        let has = |found: Vec<Probe>, target: &str| found.contains(&Probe::get(target));
        assert!(has(single_bytes(&bases), "/%69nternal/x"));
        assert!(has(single_bytes(&bases), "/internal/x%0a"));
        assert!(has(affixes(&bases), "/x/../internal/x"));
        assert!(has(affixes(&bases), "http://x\\a/internal/x"));
        let lists = Lists { middles: vec!["..;/".to_owned()], ..Lists::default() };
        assert!(has(corpora(&bases, &lists), "/x..;//internal/x"));
    }
}
