//! Makes probes: every way that is known, and many that are not, to spell a guarded target.

mod actions;
mod bodies;
mod enumerated;
mod escapes;
mod folds;
mod headers;
mod http2;
mod known;
mod mutate;
mod nextjs;
mod open;
mod parts;
mod shapes;
mod tokens;
mod twins;

pub use actions::Learned;
pub use http2::http2;
pub use mutate::mutate;
pub(crate) use tokens::unescape;

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, ensure};
use wicketgate_runtime::files;
use wicketgate_testkit::beside;

use crate::origins::Origin;
use crate::probe::{HOST, Probe};
use crate::rng::Rng;

/// Lists that others have collected, read in place where they are there.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Texts for the middle of a path.
    pub middles: Vec<String>,
    /// Texts for its end.
    pub ends: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Names of headers.
    pub headers: Vec<String>,
    /// Targets that ran something somewhere before, as the vectors keep them.
    pub kept: Vec<Vec<u8>>,
}

impl Lists {
    /// Those of a checkout, and those beside it, which are left out aloud where nothing is.
    ///
    /// # Errors
    /// If a list should be there and is not: an attack without its lists finds less.
    pub fn read(root: &Path) -> Result<Self> {
        let list = |name: &str| -> Result<Vec<String>> {
            let skipped = format!("the list `{name}` of nomore403");
            let file = beside::file(root, &format!("corpora/nomore403/{name}"), &skipped)?;
            let text = file.map(|file| files::read_lossy(&file)).unwrap_or_default();
            Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
        };
        let kept = root.join("vectors/paths/guarded.txt");
        ensure!(kept.is_file(), "the checkout has no vectors/paths/guarded.txt");
        let kept = files::read_lossy(&kept);
        let kept = kept.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
        Ok(Self {
            middles: list("midpaths")?,
            ends: list("endpaths")?,
            methods: list("httpmethods")?,
            headers: list("headers")?,
            kept: kept.map(unescape).collect(),
        })
    }
}

/// At least `count` different probes for `origin`: parts of the enumerations, and mutants made at
/// random for the rest. One of each kind that is known, and the targets that were kept, come on top.
pub fn probes(
    origin: &Origin,
    lists: &Lists,
    learned: &Learned,
    seed: u64,
    count: usize,
) -> Vec<Probe> {
    let mut rng = Rng::new(seed, origin.name);
    let bases = origin.guarded();
    let mut set = Set::default();
    for base in &bases {
        set.add(Probe::get(base.as_str()));
    }
    known::probes(&bases).into_iter().for_each(|probe| set.add(probe));
    // All of them where there is room.
    let old = lists.kept.iter().map(|target| Probe::get(target.clone())).collect();
    set.sample(old, count / 3, &mut rng);
    let kept = set.probes.len();
    let makers = Makers { origin, lists, learned, bases: &bases };
    for (kind, share) in shares(origin) {
        let most = count * share / 100;
        let made = makers.make(kind, most, &mut rng);
        set.sample(made, most, &mut rng);
    }
    // A mutant of a mutant is likelier to be new than to be alike, so this ends.
    while set.probes.len() < count + kept {
        let mut target = bases[rng.below(bases.len())].clone().into_bytes();
        for _ in 0..=rng.below(4) {
            target = mutate(&target, origin, &mut rng);
        }
        set.add(Probe::get(target));
    }
    set.probes
}

/// A part of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Headers,
    Shapes,
    Bodies,
    Actions,
    Affixes,
    Corpora,
    SingleBytes,
    Folds,
    Escapes,
    Twins,
    Punctuation,
    Absolute,
    Queries,
    Open,
    Nextjs,
}

/// The share of each part in all probes, in percent. Another server under a framework that is
/// attacked already gets only probes that a server can see.
fn shares(origin: &Origin) -> impl Iterator<Item = (Kind, usize)> {
    let full = [
        (Kind::Headers, 6),
        (Kind::Shapes, 7),
        (Kind::Bodies, 4),
        (Kind::Actions, 3),
        (Kind::Affixes, 9),
        (Kind::Corpora, 6),
        (Kind::SingleBytes, 12),
        (Kind::Folds, 5),
        (Kind::Escapes, 6),
        (Kind::Twins, 8),
        (Kind::Punctuation, 5),
        (Kind::Absolute, 4),
        (Kind::Queries, 3),
        (Kind::Open, 6),
        (Kind::Nextjs, if origin.is_nextjs() { 10 } else { 0 }),
    ];
    let server = [
        (Kind::Headers, 8),
        (Kind::Shapes, 14),
        (Kind::Bodies, 7),
        (Kind::Affixes, 9),
        (Kind::Corpora, 5),
        (Kind::SingleBytes, 15),
        (Kind::Folds, 3),
        (Kind::Escapes, 10),
        (Kind::Punctuation, 6),
        (Kind::Absolute, 7),
        (Kind::Open, 6),
    ];
    let is_kin = origin.kin.is_some();
    let of = |all: &[(Kind, usize)], wanted| if wanted { all.to_vec() } else { Vec::new() };
    of(&full, !is_kin).into_iter().chain(of(&server, is_kin)).filter(|(_, share)| *share > 0)
}

/// The makers of the parts.
struct Makers<'a> {
    origin: &'a Origin,
    lists: &'a Lists,
    learned: &'a Learned,
    bases: &'a [String],
}

impl Makers<'_> {
    /// All of a part; of one that has no end, somewhat more than `most`.
    fn make(&self, kind: Kind, most: usize, rng: &mut Rng) -> Vec<Probe> {
        match kind {
            Kind::Headers => headers::probes(self.origin, self.lists, self.bases),
            Kind::Shapes => shapes::probes(self.bases, most * 5 / 4, rng),
            Kind::Bodies => bodies::probes(self.bases),
            Kind::Actions => actions::probes(self.bases, self.learned),
            Kind::Affixes => enumerated::affixes(self.bases),
            Kind::Corpora => enumerated::corpora(self.bases, self.lists),
            Kind::SingleBytes => enumerated::single_bytes(self.bases),
            Kind::Folds => folds::probes(self.bases),
            Kind::Escapes => escapes::probes(self.bases),
            Kind::Twins => twins::probes(self.bases),
            Kind::Punctuation => parts::punctuation(self.bases),
            Kind::Absolute => parts::absolute(self.bases),
            Kind::Queries => parts::queries(self.bases),
            Kind::Open => open::probes(self.origin, self.bases),
            Kind::Nextjs => nextjs::probes(self.bases),
        }
    }
}

/// Mutants of what was live: one more step on ways that lead somewhere.
pub fn mutants(origin: &Origin, live: &[&Probe], seed: u64, count: usize) -> Vec<Probe> {
    let mut rng = Rng::new(seed.wrapping_add(1), origin.name);
    let mut set = Set::default();
    if live.is_empty() {
        return Vec::new();
    }
    for _ in 0..count * 9 {
        if set.probes.len() >= count {
            break;
        }
        let mut probe = rng.pick(live).clone();
        // A header that leads somewhere does so whatever the target: once in a while is enough.
        if (!probe.headers.is_empty() || probe.host != HOST) && rng.below(8) > 0 {
            continue;
        }
        for _ in 0..=rng.below(2) {
            probe.target = mutate(&probe.target, origin, &mut rng);
        }
        set.add(probe);
    }
    set.probes
}

/// Different probes in their order.
#[derive(Default)]
struct Set {
    /// `true` if targets may hold what ends a line of HTTP/1.1.
    any_byte: bool,
    seen: HashSet<Probe>,
    probes: Vec<Probe>,
}

impl Set {
    fn add(&mut self, probe: Probe) {
        // A target that a client can't send as one request line belongs to another attack.
        let one_line = self.any_byte || !probe.target.contains(&b'\n');
        let sendable = one_line && probe.target.len() < 7_000;
        if sendable && self.seen.insert(probe.clone()) {
            self.probes.push(probe);
        }
    }

    fn sample(&mut self, mut from: Vec<Probe>, most: usize, rng: &mut Rng) {
        rng.shuffle(&mut from);
        for probe in from.into_iter().take(most) {
            self.add(probe);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::named;

    #[test]
    fn as_many_as_asked_for_and_the_same_again() {
        let origin = named("fastify-strict").unwrap();
        let make = |seed| probes(origin, &Lists::default(), &Learned::default(), seed, 2_000);
        let first = make(1);
        assert!(first.len() >= 2_000);
        assert_eq!(first, make(1));
        assert_ne!(first, make(2));
        let different: HashSet<_> = first.iter().collect();
        assert_eq!(different.len(), first.len());
    }
}
