//! Other paths under which an origin serves the same handler: mounts, locales, and paths that each
//! stack derives from a route by itself.
//!
//! There is a file for each family of such paths. A family that one stack has is a row of the table
//! in `data`; this file says which stacks have the others. A stack that the policy does not name may
//! be any of them, so it has all families.

mod data;
mod formats;
mod front;
mod nextjs;
mod others;
mod text;
mod unnamed_handlers;

use super::plain::{ByteSet, FOLDED_BYTE};
use super::query::{ASTRO, CODEIGNITER, PHALCON, QueryName, SVELTEKIT, THINKPHP, WORDPRESS};
use crate::ablate::{Piece, aliases_off, off};
use crate::stack::Stack;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use formats::Format;
use text::strip_prefix;

/// The policy's `origin` section, as far as it is about the paths under which an origin serves a
/// handler.
#[derive(Debug, Default)]
pub struct Aliases {
    families: Families,
    prefixes: Vec<Box<[u8]>>,
    /// The bytes of a [simple](Self::simple) path.
    simple: Simple,
}

/// What each byte is to a [simple](Aliases::simple) path: one load a byte, as this is asked of
/// every byte of every target.
#[derive(Clone, Debug)]
struct Simple([Place; 256]);

/// The place that a byte has in a simple path.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    /// None.
    #[default]
    Nowhere,
    /// In a segment.
    Segment,
    /// Before a segment.
    Slash,
    /// After the path.
    End,
}

impl Simple {
    fn new(segment: ByteSet, may_have_query: bool) -> Self {
        let place = |byte| match byte {
            b'/' => Place::Slash,
            b'?' if may_have_query => Place::End,
            _ if segment.contains(byte) => Place::Segment,
            _ => Place::Nowhere,
        };
        let mut places = [Place::Nowhere; 256];
        for (byte, to) in (0..=u8::MAX).zip(&mut places) {
            *to = place(byte);
        }
        Self(places)
    }

    fn place(&self, byte: u8) -> Place {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

impl Default for Simple {
    fn default() -> Self {
        Self([Place::Nowhere; 256])
    }
}

/// The families of aliases that an origin has.
#[derive(Clone, Copy, Debug, Default)]
struct Families {
    /// The stacks that the origin may be: a bit for each, by its place in the enum.
    stacks: u32,
    /// An empty segment may be a parameter.
    empty_segments: bool,
    /// The policy names no stack.
    unnamed: bool,
    /// Pages that are files: `/x.html`, `/x/index.html`.
    page_files: bool,
    /// Scripts that stand before the path: `/index.php/x`.
    scripts: bool,
    /// Pages that a folder runs: `/x/index.jsp`.
    welcome_files: bool,
    format: Format,
}

impl Families {
    /// The families of a stack; all of them without a stack.
    fn of(stack: Option<Stack>) -> Self {
        use Stack as S;
        if stack.is_some_and(aliases_off) {
            return Self::default();
        }
        let may_be = |named: &S| stack.is_none_or(|stack| stack == *named) && !aliases_off(*named);
        let any = |named: &[S]| stack.is_none_or(|stack| named.contains(&stack));
        Self {
            stacks: S::ALL.iter().copied().filter(may_be).map(bit).sum(),
            empty_segments: may_be(&S::Fastify) && !off(Piece::EmptySegments),
            unnamed: stack.is_none() && !off(Piece::Others),
            page_files: any(&[S::Astro, S::Nuxt, S::ReactRouter, S::Sveltekit])
                && !off(Piece::PageFiles),
            scripts: any(&[S::Django, S::Flask, S::Laravel, S::Rails, S::Symfony])
                && !off(Piece::Scripts),
            welcome_files: any(&[S::Spring]) && !off(Piece::Scripts),
            format: match stack {
                _ if off(Piece::Formats) => Format::None,
                None | Some(S::Laravel | S::Spring | S::Symfony) => Format::AtAnyDot,
                Some(S::Go | S::Rails) => Format::AtLastDot,
                Some(S::Django) => Format::Word,
                Some(_) => Format::None,
            },
        }
    }

    /// Returns `true` if the origin may be this stack.
    const fn is(self, stack: Stack) -> bool {
        self.stacks & bit(stack) != 0
    }

    /// Returns `true` if a path has no such alias. Every alias but those of prefixes needs a dot,
    /// an underscore or a bracket, so most paths end here.
    fn has_nothing_for(self, path: &[u8]) -> bool {
        !path.iter().any(|byte| self.marks().contains(*byte)) && !self.is_index(path)
    }

    /// The bytes of which an alias needs one, that of an index apart.
    const fn marks(self) -> ByteSet {
        const SOME: ByteSet = ByteSet::of(b"._([");
        const ALL: ByteSet = ByteSet::of(b"!\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~");
        if self.unnamed { ALL } else { SOME }
    }

    fn is_index(self, path: &[u8]) -> bool {
        self.unnamed && text::without_slash(path).ends_with(b"/index")
    }
}

/// The bit of a stack among [`Families::stacks`].
const fn bit(stack: Stack) -> u32 {
    1 << stack as u32
}

const _: () = assert!(Stack::ALL.len() <= 32, "a word has a bit for each stack");

/// The path has more aliases than any lawful one. An alias that was not looked at could be guarded,
/// so the path counts as guarded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooManyAliases;

/// Aliases of one path, each counted once.
const MAX_ALIASES: usize = 64;

impl Aliases {
    /// The aliases of an origin with these `mounts` (`/api/v2`) and `locales` (`en`), in plain
    /// characters without a trailing slash.
    pub(crate) fn new(stack: Option<Stack>, mounts: &[&str], locales: &[&str]) -> Self {
        let mut prefixes: Vec<Box<[u8]>> =
            mounts.iter().map(|mount| mount.as_bytes().into()).collect();
        prefixes.extend(locales.iter().map(|locale| {
            let mut prefix = b"/".to_vec();
            prefix.extend_from_slice(locale.as_bytes());
            prefix.into_boxed_slice()
        }));
        if off(Piece::Mounts) {
            prefixes.clear();
        }
        let families = Families::of(stack);
        let mut aliases = Self { families, prefixes, simple: Simple::default() };
        let may_have_query = aliases.names_in_query().is_empty();
        aliases.simple = Simple::new(FOLDED_BYTE.without(families.marks()), may_have_query);
        aliases
    }

    /// The path of a simple target: every origin reads it as the same text, folded or not, no other
    /// path is the same handler, and its query names no handler.
    pub(crate) fn simple<'t>(&self, target: &'t [u8]) -> Option<&'t [u8]> {
        let Some((b'/', rest)) = target.split_first() else { return None };
        let (mut path, mut is_empty) = (target, true);
        for (at, &byte) in rest.iter().enumerate() {
            match self.simple.place(byte) {
                Place::Segment => is_empty = false,
                Place::Slash if !is_empty => is_empty = true,
                Place::End => {
                    path = target.get(..=at)?;
                    break;
                }
                Place::Slash | Place::Nowhere => return None,
            }
        }
        let is_prefixed =
            || self.prefixes.iter().any(|prefix| strip_prefix(path, prefix).is_some());
        (!is_empty && !self.families.is_index(path) && !is_prefixed()).then_some(path)
    }

    /// Returns `true` if the origin may take an empty last segment for a parameter: `/balance/`
    /// runs `/balance/:id` on Fastify, and an origin that is not named could be one.
    pub(crate) fn has_empty_segments(&self) -> bool {
        self.families.empty_segments
    }

    /// Returns `true` if the origin answers this path by asking itself for a path in the query.
    pub(crate) fn asks_itself(&self, path: &[u8]) -> bool {
        let families = self.families;
        !off(Piece::ImageOptimizer)
            && ((families.is(Stack::Nextjs) && super::query::is_image_optimizer(path))
                || (families.is(Stack::Astro) && super::query::is_image_endpoint(path)))
    }

    /// The parameters of the query that contain such a path.
    pub(crate) fn inner_names(&self) -> super::query::InnerNames {
        let families = self.families;
        super::query::InnerNames {
            url: families.is(Stack::Nextjs),
            href: families.is(Stack::Astro),
        }
    }

    /// The parameters by which the query of any path can name a handler.
    pub(crate) fn names_in_query(&self) -> &'static [QueryName] {
        let families = self.families;
        match (families.is(Stack::Astro), families.is(Stack::Sveltekit)) {
            _ if off(Piece::QueryActions) => &[],
            _ if families.unnamed => &[ASTRO, SVELTEKIT, WORDPRESS, PHALCON, THINKPHP, CODEIGNITER],
            (true, true) => &[ASTRO, SVELTEKIT],
            (true, false) => &[ASTRO],
            (false, true) => &[SVELTEKIT],
            (false, false) => &[],
        }
    }

    /// The name of the action that a path runs: one of Astro's, which any page may use.
    pub(crate) fn action<'p>(&self, path: &'p [u8]) -> Option<&'p [u8]> {
        let has = self.families.is(Stack::Astro) && !off(Piece::Actions);
        // A further `/_actions/` in it begins an alias, and that has the name.
        let name = has.then(|| text::strip_ignoring_case(path, b"/_actions/")).flatten()?;
        let rest = path.get(b"/_actions".len()..)?;
        text::find(rest, b"/_actions/").is_none().then_some(name)
    }

    /// Returns `true` if the origin may take its host from `x-forwarded-server`.
    pub(crate) fn believes_forwarded_server(&self) -> bool {
        self.families.is(Stack::Spring)
    }

    /// Returns `true` if a path runs a handler without naming it, so that it could be any.
    pub(crate) fn names_any(&self, path: &[u8]) -> bool {
        !off(Piece::UnnamedHandlers) && unnamed_handlers::names_any(self.families, path)
    }

    /// Returns `true` if an alias tells for sure whose path this is: the stack is known, or only
    /// mounts and locales were taken off. A stack that isn't named may serve another handler under
    /// what would be an alias elsewhere.
    pub(crate) fn vouch(&self, path: &[u8], alias: &[u8]) -> bool {
        let without_one = |path: &'_ [u8]| -> Vec<Vec<u8>> {
            let rests = self.prefixes.iter().filter_map(|prefix| strip_prefix(path, prefix));
            rests.map(<[u8]>::to_vec).collect()
        };
        // A mount and a locale.
        !self.families.unnamed
            || without_one(path)
                .iter()
                .any(|rest| rest == alias || without_one(rest).iter().any(|rest| rest == alias))
    }

    /// Every alias of `path` except `path` itself, at most `most` bytes together. Does not allocate
    /// if there is none.
    pub(crate) fn of<'p>(
        &self,
        path: &'p [u8],
        most: usize,
    ) -> Result<Vec<Cow<'p, [u8]>>, TooManyAliases> {
        let nothing = self.families.has_nothing_for(path);
        if path.first() != Some(&b'/') || (nothing && self.prefixes.is_empty()) {
            return Ok(Vec::new());
        }
        let mut found = Found { paths: Vec::new(), spare: most, full: false };
        self.strip(path, &mut found);
        self.close(0, &mut found);
        if !nothing && self.families.format != Format::None {
            // Take a format off only once, because no router takes off a second one.
            let first = found.paths.len();
            self.families.format.strip(path, &mut found);
            for index in 0..first {
                found.extend(index, |path, found| self.families.format.strip(path, found));
            }
            self.close(first, &mut found);
        }
        if self.families.unnamed {
            // A path that CherryPy and Connect derive is no route of another stack, so only
            // prefixes are taken off it.
            let first = found.paths.len();
            others::cherrypy(path, &mut found);
            others::connect(path, &mut found);
            for index in first..found.paths.len() {
                found.extend(index, |path, found| self.strip_prefixes(path, found));
            }
        }
        if found.full { Err(TooManyAliases) } else { Ok(found.paths) }
    }

    /// Adds the aliases of the aliases from `first` on, until nothing new comes up.
    fn close(&self, first: usize, found: &mut Found<'_>) {
        let mut index = first;
        while index < found.paths.len() && !found.full {
            found.extend(index, |path, found| self.strip(path, found));
            index += 1;
        }
    }

    fn strip_prefixes<'p>(&self, path: &'p [u8], found: &mut Found<'p>) {
        for prefix in &self.prefixes {
            if let Some(rest) = strip_prefix(path, prefix) {
                found.add(rest);
            }
        }
    }

    /// Adds the rest of a path once one thing is taken off, except a format.
    fn strip<'p>(&self, path: &'p [u8], found: &mut Found<'p>) {
        self.strip_prefixes(path, found);
        let families = self.families;
        if families.has_nothing_for(path) {
            return;
        }
        for (stack, strip) in data::FAMILIES {
            if families.is(*stack) {
                strip(path, found);
            }
        }
        if families.page_files {
            formats::page_files(path, found);
        }
        if families.scripts {
            front::strip(path, found);
        }
        if families.welcome_files {
            front::welcome_files(path, found);
        }
        if families.unnamed {
            others::pyramid(path, found);
            others::data(path, found);
        }
    }
}

/// The aliases of a path so far, each once.
struct Found<'p> {
    paths: Vec<Cow<'p, [u8]>>,
    /// Bytes that further ones may have.
    spare: usize,
    /// There are too many.
    full: bool,
}

impl<'p> Found<'p> {
    fn add(&mut self, path: impl Into<Cow<'p, [u8]>>) {
        let path = path.into();
        if self.full || self.paths.contains(&path) {
            return;
        }
        match self.spare.checked_sub(path.len()) {
            Some(spare) if self.paths.len() < MAX_ALIASES => self.spare = spare,
            _ => {
                self.full = true;
                return;
            }
        }
        self.paths.push(path);
    }

    /// Adds the paths that `strip` makes of the alias at `index`.
    fn extend(&mut self, index: usize, strip: impl for<'a> Fn(&'a [u8], &mut Found<'a>)) {
        match self.paths.get(index) {
            None => {}
            Some(&Cow::Borrowed(path)) => strip(path, self),
            Some(Cow::Owned(path)) => {
                let path = path.clone();
                let mut more = Found { paths: Vec::new(), spare: self.spare, full: self.full };
                strip(&path, &mut more);
                self.full |= more.full;
                more.paths.into_iter().for_each(|path| self.add(path.into_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
