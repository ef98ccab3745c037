//! Pieces of the gate that a test can switch off, to see that the attack finds the hole which each
//! of them closes.
//!
//! Released builds have no switch: in them [`off`] and [`aliases_off`] are the constant `false`,
//! and cost nothing. Only a build with `--cfg wicketgate_without`, which no manifest sets, has one
//! (`cargo xtask attack --ablation`).

use crate::stack::Stack;

/// Makes the enum and its names from one list.
macro_rules! pieces {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)+) => {
        /// Something without which the gate would let more through.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum Piece {
            $($(#[doc = $doc])* $variant,)+
        }

        /// The names of all pieces but the stacks' aliases, in the order of the enum.
        #[cfg(wicketgate_without)]
        const NAMES: &[&str] = &[$($name,)+];
    };
}

pieces! {
    /// Steps: a target's parts.
    Cuts = "cuts",
    FirstWord = "first-word",
    Authority = "authority",
    Rooted = "rooted",
    /// Steps: decoding.
    Decode = "decode",
    DecodeButSlashes = "decode-but-slashes",
    BadEscapes = "bad-escapes",
    WideEscapes = "wide-escapes",
    Controls = "controls",
    BadBytes = "bad-bytes",
    Overlong = "overlong",
    /// Steps: segments.
    LineBreaks = "line-breaks",
    Backslashes = "backslashes",
    Parameters = "parameters",
    Merge = "merge",
    Dots = "dots",
    EncodedDots = "encoded-dots",
    /// Comparing paths with patterns.
    FoldCase = "fold-case",
    FoldWide = "fold-wide",
    FoldBlanks = "fold-blanks",
    EmptySegments = "empty-segments",
    /// Prefixes that the origin strips, by the policy's `origin`.
    Mounts = "mounts",
    /// Targets in the query of the image optimizer.
    ImageOptimizer = "image-optimizer",
    /// Paths of files, scripts and formats that a stack serves by a route.
    PageFiles = "page-files",
    Scripts = "scripts",
    Formats = "formats",
    Others = "others",
    /// A request in a request.
    Requests = "requests",
    /// Paths that run a handler without telling which.
    UnnamedHandlers = "unnamed-handlers",
    /// Handlers that a query or a header names.
    QueryActions = "query-actions",
    Actions = "actions",
    /// Headers that rewrite what the gate has judged.
    Rewriters = "rewriters",
    Shapes = "shapes",
}

/// Returns `true` if a piece is switched off.
#[cfg(not(wicketgate_without))]
pub(crate) const fn off(_: Piece) -> bool {
    false
}

/// Returns `true` if the aliases of a stack are switched off.
#[cfg(not(wicketgate_without))]
pub(crate) const fn aliases_off(_: Stack) -> bool {
    false
}

#[cfg(wicketgate_without)]
pub(crate) use switch::{aliases_off, off};
#[cfg(wicketgate_without)]
pub use switch::{names, switch_off};

#[cfg(wicketgate_without)]
mod switch {
    use super::{NAMES, Piece, Stack};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;
    use core::sync::atomic::{AtomicU64, Ordering};

    /// A bit for each piece, and behind them one for each stack.
    static OFF: AtomicU64 = AtomicU64::new(0);

    const _: () = assert!(NAMES.len() + Stack::ALL.len() <= 64, "one word has a bit for each");

    pub(crate) fn off(piece: Piece) -> bool {
        OFF.load(Ordering::Relaxed) >> (piece as u64) & 1 == 1
    }

    pub(crate) fn aliases_off(stack: Stack) -> bool {
        OFF.load(Ordering::Relaxed) >> (NAMES.len() as u64 + stack as u64) & 1 == 1
    }

    /// Stacks that have no aliases of their own.
    const WITHOUT: [Stack; 6] = [
        Stack::Aiohttp,
        Stack::Express,
        Stack::Fastapi,
        Stack::Fastify,
        Stack::Flask,
        Stack::Starlette,
    ];

    /// The names of all that can be switched off.
    #[must_use]
    pub fn names() -> Vec<String> {
        let stacks = Stack::ALL.iter().filter(|stack| !WITHOUT.contains(stack));
        let stacks = stacks.map(|stack| format!("aliases-{}", stack.name()));
        NAMES.iter().map(|name| String::from(*name)).chain(stacks).collect()
    }

    /// Switches the named pieces off and all others on, in the whole process. Returns `true` if it
    /// knows all names. A policy that was loaded before keeps what it took from a piece at that
    /// time.
    pub fn switch_off(pieces: &[&str]) -> bool {
        let mut bits = 0_u64;
        for piece in pieces {
            let stack = || {
                let stack = Stack::parse(piece.strip_prefix("aliases-")?)?;
                Some(NAMES.len() + stack as usize)
            };
            let place = NAMES.iter().position(|name| name == piece).or_else(stack);
            let Some(place) = place else { return false };
            bits |= 1 << place;
        }
        OFF.store(bits, Ordering::Relaxed);
        true
    }
}
