//! Finds the rules of a path, at a cost that does not depend on how many rules there are.

use super::authority::{Authority, HostSet};
use super::choice::Rules;
use super::pattern::{MAX_SEGMENT, Pattern, Segment};
use crate::few::{Blank, Few};
use crate::ids::RuleId;
use crate::index::{Index, at as place, next};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The way to compare a path with patterns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// Byte for byte.
    AsIs,
    /// As lax origins compare. The path has been folded.
    Folded,
    /// With at least one open segment that takes an empty one. The path is in lower case.
    Filled,
}

/// All patterns of a policy, as two trees of segments: one for paths as they stand, one for
/// folded paths.
#[derive(Debug, Default)]
pub(crate) struct Router {
    entries: Vec<Entry>,
    as_is: Tree,
    folded: Tree,
    /// `true` if some pattern changes when it is folded.
    unfolded: bool,
}

/// The numbers of patterns that cover a path. Policies seldom nest more.
pub(crate) type Matches = Few<u32, 8>;

impl Blank for u32 {
    const BLANK: Self = 0;
}

#[derive(Debug)]
struct Entry {
    pattern: Pattern,
    folded: Pattern,
    rule: RuleId,
    hosts: HostSet,
}

impl Router {
    /// Adds a pattern of a rule that applies on `hosts`.
    pub(crate) fn add(&mut self, pattern: Pattern, rule: RuleId, hosts: HostSet) {
        let folded = pattern.folded();
        self.unfolded |= folded != pattern && pattern != Pattern::root();
        let entry = self.entries.len();
        self.as_is.add(&pattern, entry);
        self.folded.add(&folded, entry);
        self.entries.push(Entry { pattern, folded, rule, hosts });
    }

    /// Returns `true` if there is no pattern at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns `true` if patterns and their folded forms are the same, so that a folded path
    /// chooses the same rules in both trees.
    pub(crate) fn is_folded(&self) -> bool {
        !self.unfolded
    }

    /// The rules of the most specific patterns that cover `path`, sorted. In the form
    /// [`Form::Filled`], the rules of all that cover it. Does not allocate if there is none.
    pub(crate) fn rules(&self, path: &[u8], authority: Authority, form: Form) -> Rules {
        self.rules_besides(&[], path, authority, form)
    }

    /// The rules of an alias of a path: [`rules`](Self::rules) without those of the patterns that the
    /// path was [named](Self::named) apart from.
    pub(crate) fn rules_besides(
        &self,
        named: &[u32],
        path: &[u8],
        authority: Authority,
        form: Form,
    ) -> Rules {
        let matches = self.covering(path, authority, form);
        let mut rules = Rules::new();
        for &index in matches.iter() {
            let Some(entry) = self.entry(index) else { continue };
            let beaten = form != Form::Filled
                && matches.len() > 1
                && self.is_beaten(entry, &matches, authority, form);
            if !beaten && !named.contains(&index) {
                rules.insert_sorted(entry.rule);
            }
        }
        rules
    }

    /// The patterns that cover a path whose last segment the policy names: `/internal/*`, and
    /// `/internal/report.csv` itself. A policy that has both tells this path apart from the rest,
    /// so an alias of it (`/internal/report`) that only the wider pattern covers adds nothing.
    /// Empty if the policy does not name the path.
    pub(crate) fn named(&self, path: &[u8], authority: Authority, form: Form) -> Matches {
        let matches = self.covering(path, authority, form);
        let mut winners = matches.iter().filter_map(|&index| self.entry(index));
        let is_named = winners.all(|entry| {
            let pattern = if form == Form::AsIs { &entry.pattern } else { &entry.folded };
            pattern.ends_in_a_literal() || self.is_beaten(entry, &matches, authority, form)
        });
        if is_named { matches } else { Matches::new() }
    }

    /// The patterns that cover a path on an authority.
    fn covering(&self, path: &[u8], authority: Authority, form: Form) -> Matches {
        let mut matches = Matches::new();
        let Some((b'/', rest)) = path.split_first() else { return matches };
        let tree = if form == Form::AsIs { &self.as_is } else { &self.folded };
        // The folded form of `/` has no segments.
        let rest = if form == Form::Folded && rest.is_empty() { None } else { Some(rest) };
        let fill = if form == Form::Filled { Fill::Wanted } else { Fill::No };
        tree.walk(rest, fill, &mut |entry| {
            if self.entry(entry).is_some_and(|entry| entry.hosts.covers(authority)) {
                matches.push(entry);
            }
        });
        matches
    }

    fn is_beaten(&self, entry: &Entry, by: &[u32], authority: Authority, form: Form) -> bool {
        let folded = form != Form::AsIs;
        let mut others = by.iter().filter_map(|&other| self.entry(other));
        others.any(|other| other.beats(entry, authority, folded))
    }

    /// Every rule that may apply on this authority, sorted. Requests that name a handler by other
    /// means than the path need it.
    pub(crate) fn every_rule(&self, authority: Authority) -> Rules {
        let mut rules = Rules::new();
        for entry in self.entries.iter().filter(|entry| entry.hosts.covers(authority)) {
            rules.insert_sorted(entry.rule);
        }
        rules
    }

    /// A rule other than `rule` that covers the same paths as `pattern` on a common host, once both
    /// are folded. Neither of such a pair can be preferred.
    pub(crate) fn rival(&self, pattern: &Pattern, rule: RuleId, hosts: &HostSet) -> Option<RuleId> {
        let folded = pattern.folded();
        let mut matches = Vec::new();
        self.folded.ends_of(&folded, &mut matches);
        matches.iter().find_map(|&index| {
            let entry = self.entry(index)?;
            (entry.rule != rule && entry.folded == folded && entry.hosts.overlaps(hosts))
                .then_some(entry.rule)
        })
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        place(&self.entries, index)
    }
}

impl Entry {
    /// Returns `true` if this pattern is the more specific one wherever `other` applies too.
    fn beats(&self, other: &Self, authority: Authority, folded: bool) -> bool {
        let (mine, theirs) =
            if folded { (&self.folded, &other.folded) } else { (&self.pattern, &other.pattern) };
        // An authority that no rule names could be any host. So a pattern gives way only to one
        // that applies on every host of the first.
        let hosts = match authority {
            Authority::Known(_) => true,
            Authority::Strange => self.hosts.includes(&other.hosts),
        };
        hosts && mine.is_within(theirs) && !theirs.is_within(mine)
    }
}

impl Pattern {
    fn root() -> Self {
        Self { segments: [Segment::Literal(Box::default())].into(), below: false }
    }
}

/// Says whether an open segment may match an empty one.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Fill {
    /// It may not.
    No,
    /// At least one must, and none has so far.
    Wanted,
    /// One has.
    Done,
}

#[derive(Debug, Default)]
struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    literals: Index,
    any: Option<u32>,
    /// Patterns that end here.
    ends: Vec<u32>,
    /// Patterns that cover this and everything below.
    below: Vec<u32>,
}

impl Tree {
    fn add(&mut self, pattern: &Pattern, entry: usize) {
        let Ok(entry) = u32::try_from(entry) else { return };
        let mut at = 0;
        for segment in &pattern.segments {
            // This node must exist before the next free place is known.
            self.node(at);
            let next = next(&self.nodes);
            let node = self.node(at);
            at = match segment {
                Segment::Any => *node.any.get_or_insert(next),
                Segment::Literal(text) => node.literals.get_or_insert(text, next),
            };
        }
        let node = self.node(at);
        if pattern.below { node.below.push(entry) } else { node.ends.push(entry) }
    }

    fn node(&mut self, at: u32) -> &mut Node {
        let at = usize::try_from(at).unwrap_or_default();
        if at >= self.nodes.len() {
            self.nodes.resize_with(at + 1, Node::default);
        }
        #[expect(clippy::indexing_slicing, reason = "resized to hold it just above")]
        &mut self.nodes[at]
    }

    fn get(&self, at: u32) -> Option<&Node> {
        place(&self.nodes, at)
    }

    /// Collects the patterns that cover a path. `rest` is the text after its leading `/`, or `None`
    /// if no segment is left. The patterns bound the work: a node is entered at most once.
    fn walk(&self, rest: Option<&[u8]>, fill: Fill, matches: &mut impl FnMut(u32)) {
        if let Some(root) = self.get(0) {
            self.step(root, rest, fill, matches);
        }
    }

    fn step(&self, node: &Node, rest: Option<&[u8]>, fill: Fill, matches: &mut impl FnMut(u32)) {
        let wanted = fill != Fill::Wanted;
        if wanted {
            node.below.iter().for_each(|entry| matches(*entry));
        }
        // If one empty segment matched a parameter, a last empty one may be a mere trailing slash.
        if wanted && (rest.is_none() || (fill == Fill::Done && rest == Some(b""))) {
            node.ends.iter().for_each(|entry| matches(*entry));
        }
        let Some(rest) = rest else { return };
        let end = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
        let (segment, rest) = rest.split_at_checked(end).unwrap_or((rest, b""));
        let rest = rest.split_first().map(|(_, rest)| rest);
        if !node.literals.is_empty()
            && segment.len() <= MAX_SEGMENT
            && let Some(next) = node.literals.get(segment).and_then(|next| self.get(next))
        {
            self.step(next, rest, fill, matches);
        }
        let Some(next) = node.any.and_then(|next| self.get(next)) else { return };
        if !segment.is_empty() {
            self.step(next, rest, fill, matches);
        } else if fill != Fill::No {
            self.step(next, rest, Fill::Done, matches);
        }
    }

    /// Entries whose pattern is exactly this one.
    fn ends_of(&self, pattern: &Pattern, matches: &mut Vec<u32>) {
        let mut at = Some(0);
        for segment in &pattern.segments {
            at = at.and_then(|at| self.get(at)).and_then(|node| match segment {
                Segment::Any => node.any,
                Segment::Literal(text) => node.literals.get(text),
            });
        }
        if let Some(node) = at.and_then(|at| self.get(at)) {
            matches.extend_from_slice(if pattern.below { &node.below } else { &node.ends });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(patterns: &[(&str, u32, HostSet)]) -> Router {
        let mut router = Router::default();
        for (pattern, rule, hosts) in patterns {
            router.add(Pattern::parse(pattern).unwrap(), RuleId(*rule), hosts.clone());
        }
        router
    }

    fn rules(router: &Router, path: &str, authority: Authority) -> Vec<u32> {
        router.rules(path.as_bytes(), authority, Form::AsIs).iter().map(|rule| rule.0).collect()
    }

    #[test]
    fn the_most_specific_pattern_wins_in_any_order() {
        let mut patterns = [
            ("/*", 0, HostSet::Any),
            ("/internal/*", 1, HostSet::Any),
            ("/internal/jobs/{id}/status", 2, HostSet::Any),
            ("/internal/jobs/x/status", 3, HostSet::Any),
        ];
        for _ in 0..patterns.len() {
            patterns.rotate_left(1);
            let router = router(&patterns);
            for (path, expected) in [
                ("/", 0),
                ("/a/b", 0),
                ("/internal", 1),
                ("/internal/", 1),
                ("/internal/jobs", 1),
                ("/internal/jobs/7/status", 2),
                ("/internal/jobs/x/status", 3),
                ("/internal/jobs//status", 1),
                ("/internal/jobs/7/status/", 1),
                ("/internalx", 0),
            ] {
                assert_eq!(rules(&router, path, Authority::Strange), [expected], "{path}");
            }
        }
    }

    #[test]
    fn crossing_patterns_both_count() {
        let router = router(&[("/a/{x}", 0, HostSet::Any), ("/{y}/b", 1, HostSet::Any)]);
        assert_eq!(rules(&router, "/a/b", Authority::Strange), [0, 1]);
        assert_eq!(rules(&router, "/a/c", Authority::Strange), [0]);
        assert_eq!(rules(&router, "/c/b", Authority::Strange), [1]);
        assert_eq!(rules(&router, "/c/d", Authority::Strange), [] as [u32; 0]);
    }

    #[test]
    fn a_strange_host_gets_every_rule() {
        let router = router(&[
            ("/internal/*", 0, HostSet::Only([0].into())),
            ("/internal/health", 1, HostSet::Only([1].into())),
        ]);
        assert_eq!(rules(&router, "/internal/health", Authority::Known(0)), [0]);
        assert_eq!(rules(&router, "/internal/health", Authority::Known(1)), [1]);
        assert_eq!(rules(&router, "/internal/x", Authority::Known(1)), [] as [u32; 0]);
        assert_eq!(rules(&router, "/internal/health", Authority::Strange), [0, 1]);
    }

    #[test]
    fn rivals_are_found_folded() {
        let router = router(&[("/a/{x}", 0, HostSet::Any), ("/B/*", 1, HostSet::Only([0].into()))]);
        let rival = |pattern: &str, hosts: HostSet| {
            router.rival(&Pattern::parse(pattern).unwrap(), RuleId(9), &hosts)
        };
        assert_eq!(rival("/A/{other}/", HostSet::Any), Some(RuleId(0)));
        assert_eq!(rival("/b/*", HostSet::Any), Some(RuleId(1)));
        assert_eq!(rival("/b/*", HostSet::Only([1].into())), None);
        assert_eq!(rival("/b", HostSet::Any), None);
    }
}
