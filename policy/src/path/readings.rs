//! Every reading of a target that is not plain.

use super::budget::{Budget, TooComplex};
use super::steps::{self, Shape};
use crate::ablate::{Piece, off};
use alloc::vec::Vec;

/// The longest path that is read at all, in bytes.
pub(crate) const MAX_LEN: usize = 8_192;

/// All readings of a path.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    /// The path itself first. Readings that took more decoding come later.
    pub(crate) paths: Vec<Vec<u8>>,
    /// Some origin takes the host from the path, and it is not the request's own.
    pub(crate) names_host: bool,
}

/// All readings of `path`, which is a target up to its first `?`.
///
/// An origin decodes a path up to two times, and takes the other steps in an order of its own. So
/// the readings are all paths to which the steps lead, in any order. That covers every combination
/// that was observed, without a list of combinations that could have a gap.
///
/// `is_own` says whether an authority is that of the request.
pub(crate) fn readings(
    path: &[u8],
    budget: &mut Budget,
    is_own: &dyn Fn(&[u8]) -> bool,
) -> Result<Readings, TooComplex> {
    let mut search =
        Search { hashes: Vec::new(), found: Readings::default(), is_raw: true, budget, is_own };
    if path.len() > MAX_LEN {
        return Err(TooComplex);
    }
    search.add(path.to_vec())?;
    let mut first_of_level = 0;
    for decodes_left in [2_u8, 1, 0] {
        search.close(first_of_level)?;
        search.is_raw = false;
        if decodes_left == 0 {
            break;
        }
        let level = first_of_level..search.found.paths.len();
        first_of_level = level.end;
        for index in level {
            for (piece, step) in DECODERS {
                if off(piece) {
                    continue;
                }
                if let Some(decoded) = search.found.paths.get(index).and_then(|path| step(path)) {
                    search.add(decoded)?;
                }
            }
        }
    }
    Ok(search.found)
}

/// A step from one reading to another; `None` if it changes nothing.
type Step = fn(&[u8]) -> Option<Vec<u8>>;

const DECODERS: [(Piece, Step); 5] = [
    (Piece::Decode, steps::decode),
    (Piece::DecodeButSlashes, steps::decode_but_slashes),
    (Piece::BadEscapes, steps::decode_dropping),
    (Piece::BadEscapes, steps::decode_by_two),
    (Piece::WideEscapes, steps::decode_wide),
];

/// The steps that change only paths of a shape.
const STEPS: [(Piece, Shape, Step); 10] = [
    (Piece::LineBreaks, Shape::BREAK, steps::drop_line_breaks),
    (Piece::Backslashes, Shape::BACKSLASH, steps::backslashes),
    (Piece::Parameters, Shape::SEMICOLON, steps::parameters),
    (Piece::Merge, Shape::EMPTY, steps::merge),
    (Piece::Dots, Shape::DOT, steps::dots),
    (Piece::EncodedDots, Shape::PERCENT, steps::encoded_dots),
    (Piece::BadEscapes, Shape::PERCENT, steps::finished),
    (Piece::Controls, Shape::CONTROL, steps::controls),
    (Piece::BadBytes, Shape::HIGH, steps::valid_only),
    (Piece::Overlong, Shape::HIGH, steps::overlong),
];

struct Search<'s> {
    /// The hashes of the paths, in their order.
    hashes: Vec<u64>,
    found: Readings,
    /// Nothing is decoded yet.
    is_raw: bool,
    budget: &'s mut Budget,
    is_own: &'s dyn Fn(&[u8]) -> bool,
}

impl Search<'_> {
    fn add(&mut self, path: Vec<u8>) -> Result<(), TooComplex> {
        if path.len() > MAX_LEN {
            return Err(TooComplex);
        }
        let hash = hash(&path);
        let mut seen = self.hashes.iter().zip(&self.found.paths);
        if seen.any(|(other, seen)| *other == hash && *seen == path) {
            return Ok(());
        }
        self.budget.reading(path.len())?;
        self.hashes.push(hash);
        self.found.paths.push(path);
        Ok(())
    }

    /// Takes every step from every reading from `index` on, including readings that come up on the
    /// way.
    fn close(&mut self, mut index: usize) -> Result<(), TooComplex> {
        while let Some(path) = self.found.paths.get(index) {
            let shape = Shape::of(path);
            let mut next: Vec<Vec<u8>> = Vec::new();
            for (piece, needed, step) in STEPS {
                if shape.has(needed) && !off(piece) {
                    next.extend(step(path));
                }
            }
            if shape.has(Shape::DELIMITER) && !off(Piece::Cuts) {
                next.extend(steps::cuts(path));
            }
            // An escaped space is part of many a lawful path, and no server takes it for the end.
            if shape.has(Shape::SPACE) && self.is_raw && !off(Piece::FirstWord) {
                next.extend(steps::first_word(path));
            }
            if shape.has(Shape::BREAK) && !off(Piece::Requests) {
                next.extend(steps::requests(path));
            }
            if shape.has(Shape::ABSOLUTE) && !off(Piece::Authority) {
                let names = |authority: &[u8]| self.found.names_host |= !(self.is_own)(authority);
                next.extend(steps::after_authority(path, names));
            }
            if path.first() != Some(&b'/') && !off(Piece::Rooted) {
                next.extend(steps::rooted(path));
            }
            for path in next {
                self.add(path)?;
            }
            index += 1;
        }
        Ok(())
    }
}

/// A hash of eight bytes at a time. A client that makes it collide gains nothing, because paths are
/// compared then.
fn hash(path: &[u8]) -> u64 {
    let (words, rest) = path.as_chunks::<8>();
    let mut last = [0_u8; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    words.fold(path.len() as u64, |hash, word| {
        (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(path: &[u8]) -> Result<Vec<Vec<u8>>, TooComplex> {
        readings(path, &mut Budget::new(), &|_| false).map(|readings| readings.paths)
    }

    fn has(path: &str, reading: &str) -> bool {
        all(path.as_bytes()).unwrap().iter().any(|found| found == reading.as_bytes())
    }

    #[test]
    fn what_origins_were_seen_to_run() {
        for path in [
            "/%69nternal/x",
            "/internal%2Fx",
            "/x/../internal/x",
            "/y/%2e%2e/internal/x",
            "/y\\..\\internal/x",
            "//internal/x",
            "/%2finternal/x",
            "*/internal/x",
            // Node skips the spaces, and find-my-way the first character.
            " *internal/x",
            "  /internal/x",
            "internal/x",
            "http://host/internal/x",
            "http://host\\a/internal/x",
            "//host/internal/x",
            "/internal;a=b/x",
            "/%2569nternal/x",
            "/internal/x#frag",
            "/internal/x%3fa",
            "/a/..;/internal/x",
            "/internal%255Cx",
            "/./internal/x",
            "/a/%2e%2e%2finternal/x",
            "/x//../../internal/x",
            "/internal/x%23",
            "/inter%09nal/x",
            "/internal%00/../internal/x",
            "/\\host/internal/x",
            "\\x:///internal/x",
            // find-my-way's first character, whichever it is.
            "xinternal/x",
            "!internal/x",
            "http:/host/internal/x",
            "https:host/internal/x",
            "/%u0069nternal/x",
            "/%25u0069nternal/x",
            "/%6@nternal/x",
            "/internal/x%",
            "/internal/x%2",
            "/internal/x%2#a",
            "/in%ter%6znal/x",
            "/internal%ff/x",
            "/y/%c0%ae%c0%ae/internal%c0%afx",
            "/%c1%a9nternal/x",
        ] {
            assert!(has(path, "/internal/x"), "{path}");
        }
    }

    #[test]
    fn the_path_itself_comes_first_and_decoding_later() {
        let found = all(b"/a%2562").unwrap();
        assert_eq!(found, [b"/a%2562".to_vec(), b"/a%62".to_vec(), b"/ab".to_vec()]);
    }

    #[test]
    fn three_times_is_not_decoded() {
        assert!(!has("/%252569nternal", "/internal"));
    }

    #[test]
    fn a_path_can_name_a_host() {
        let names = |path: &str| {
            let is_own = |authority: &[u8]| authority == b"own";
            readings(path.as_bytes(), &mut Budget::new(), &is_own).unwrap().names_host
        };
        for path in ["//other/x", "/\\other/x", "/y/..//other/x", "%2f/other", "//own\\a/x", "x:y"]
        {
            assert_eq!(names(path), path != "x:y", "{path}");
        }
        for path in ["//own/x", "http:own/x", "/x//y", "/%2fown", "/a%20b"] {
            assert!(!names(path), "{path}");
        }
    }

    #[test]
    fn lawful_targets_have_few_readings() {
        for path in [
            "/wiki/%E6%9D%B1%E4%BA%AC",
            "/files/a%2Fb%20c.txt",
            "/map;v=1/tile;x=2,y=3",
            "/a//b",
            "/100%25/x",
            "/search/a%3Fb",
            "/~user/%7Ex",
        ] {
            assert!(all(path.as_bytes()).unwrap().len() < 20, "{path}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let mut long = b"/".to_vec();
        long.extend(core::iter::repeat_n(b'%', MAX_LEN));
        assert_eq!(all(&long), Err(TooComplex));
        let riddle = b"/a;b\\../%2e%2e;%5c%2f//..;%3f%23%09%00;/%252e%255c".repeat(150);
        assert_eq!(all(&riddle), Err(TooComplex));
    }
}
