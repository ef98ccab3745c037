//! Every reading of a target that is not plain.

use super::steps;
use crate::ablate::{Piece, off};
use crate::index::Index;
use alloc::vec::Vec;

/// A target has more readings, or longer ones, than a lawful one ever has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooComplex;

/// The longest path that is read at all, in bytes. An object key of 1,024 bytes, each
/// percent-encoded twice, still fits.
pub(crate) const MAX_LEN: usize = 8_192;
/// Readings of one target. Lawful targets have fewer than 20.
const MAX_READINGS: usize = 256;
/// Bytes of all readings of one target together, and of all their aliases: bounds the work that one
/// request can cause.
pub(crate) const MAX_BYTES: usize = 128 * 1024;

/// All that an origin could take `path` (a target up to its first `?`) for, the path itself
/// first and those that took more decoding later.
///
/// An origin decodes a path up to two times and takes the other steps in an order of its own,
/// so the readings are everything that the steps lead to in any order. That covers every
/// combination that was observed, without a list of combinations that could have a gap.
pub(crate) fn readings(path: &[u8]) -> Result<Vec<Vec<u8>>, TooComplex> {
    let mut search = Search { seen: Index::default(), found: Vec::new(), bytes: 0 };
    search.add(path.to_vec())?;
    let mut first_of_level = 0;
    for decodes_left in [2_u8, 1, 0] {
        search.close(first_of_level)?;
        if decodes_left == 0 {
            break;
        }
        let level = first_of_level..search.found.len();
        first_of_level = level.end;
        for index in level {
            for (piece, step) in DECODERS {
                if off(piece) {
                    continue;
                }
                if let Some(decoded) = search.found.get(index).and_then(|path| step(path)) {
                    search.add(decoded)?;
                }
            }
        }
    }
    Ok(search.found)
}

/// What leads from one reading to another, `None` where it changes nothing.
type Step = fn(&[u8]) -> Option<Vec<u8>>;
/// What leads to several others.
type Fork = fn(&[u8]) -> Vec<Vec<u8>>;

const DECODERS: [(Piece, Step); 2] =
    [(Piece::Decode, steps::decode), (Piece::DecodeButSlashes, steps::decode_but_slashes)];

struct Search {
    seen: Index,
    found: Vec<Vec<u8>>,
    bytes: usize,
}

impl Search {
    fn add(&mut self, path: Vec<u8>) -> Result<(), TooComplex> {
        if !self.seen.insert(&path, 0) {
            return Ok(());
        }
        self.bytes = self.bytes.saturating_add(path.len());
        if path.len() > MAX_LEN || self.found.len() >= MAX_READINGS || self.bytes > MAX_BYTES {
            return Err(TooComplex);
        }
        self.found.push(path);
        Ok(())
    }

    /// Takes every step but decoding from every reading at or after `first`, until nothing new
    /// comes up.
    fn close(&mut self, first: usize) -> Result<(), TooComplex> {
        const STEPS: [(Piece, Step); 6] = [
            (Piece::LineBreaks, steps::drop_line_breaks),
            (Piece::Backslashes, steps::backslashes),
            (Piece::Parameters, steps::parameters),
            (Piece::Merge, steps::merge),
            (Piece::Dots, steps::dots),
            (Piece::EncodedDots, steps::encoded_dots),
        ];
        const FORKS: [(Piece, Fork); 3] = [
            (Piece::Cuts, steps::cuts),
            (Piece::Authority, steps::after_authority),
            (Piece::Rooted, steps::rooted),
        ];
        let mut index = first;
        while let Some(path) = self.found.get(index) {
            let steps = STEPS.iter().filter(|(piece, _)| !off(*piece));
            let mut next: Vec<Vec<u8>> = steps.filter_map(|(_, step)| step(path)).collect();
            let forks = FORKS.iter().filter(|(piece, _)| !off(*piece));
            forks.for_each(|(_, fork)| next.extend(fork(path)));
            for path in next {
                self.add(path)?;
            }
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(path: &str, reading: &str) -> bool {
        readings(path.as_bytes()).unwrap().iter().any(|found| found == reading.as_bytes())
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
        ] {
            assert!(has(path, "/internal/x"), "{path}");
        }
    }

    #[test]
    fn the_path_itself_comes_first_and_decoding_later() {
        let found = readings(b"/a%2562").unwrap();
        assert_eq!(found, [b"/a%2562".to_vec(), b"/a%62".to_vec(), b"/ab".to_vec()]);
    }

    #[test]
    fn three_times_is_not_decoded() {
        assert!(!has("/%252569nternal", "/internal"));
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
            assert!(readings(path.as_bytes()).unwrap().len() < 20, "{path}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let mut long = b"/".to_vec();
        long.extend(core::iter::repeat_n(b'%', MAX_LEN));
        assert_eq!(readings(&long), Err(TooComplex));
        let riddle = b"/a;b\\../%2e%2e;%5c%2f//..;%3f%23%09%00;/%252e%255c".repeat(150);
        assert_eq!(readings(&riddle), Err(TooComplex));
    }
}
