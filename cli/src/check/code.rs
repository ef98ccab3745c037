//! The codes of warnings, and how the files beside this one report what they find.

use clap::ValueEnum;

use crate::diagnostics::{Diagnostic, Severity};
use crate::document::{Places, Tree};

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Code {
    /// A key of more than 90 days
    KeyOld,
    /// A key in its last 14 days
    KeyEnding,
    /// A caller none of whose keys is valid
    KeyNone,
    /// A source of the client's address that a client may be able to write
    AddressForgeable,
    /// A network that holds everyone, or everyone behind one platform
    NetworkEveryone,
    /// An origin that can't tell the gate's requests from others
    NoProof,
    /// A policy for development, or what it may do alone
    Development,
    /// A caller who is anyone with a token of an issuer for many
    JwtAnyone,
    /// Fetched keys that live on for long after they were removed
    KeysLinger,
    /// A caller whose certificates can't be told on Cloudflare
    MtlsSubject,
    /// A path that looks internal beside a guarded one, and passes
    UnmatchedInternal,
    /// A caller or network that no rule names
    Unused,
    /// An origin of no known kind
    OriginUnknown,
    /// Server actions of which nothing is said
    ActionsUnsaid,
    /// Routes that the origin's kind can't tell
    OriginUnseen,
    /// A value that no request can match
    NeverMatches,
    /// A header that a host refuses or drops
    HeaderRefused,
    /// An address at which the gate finds no keys
    KeysAbsent,
    /// Signed tokens whose issuer's clock may not differ at all
    NoLeeway,
    /// A policy that is too long for a variable of a Worker
    WorkerBound,
    /// JSON with comments, which no host takes
    Comments,
    /// Paths that need no credential because the policy says so
    Public,
}

impl Code {
    /// As it is given to `--accept`.
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyOld => "key-old",
            Self::KeyEnding => "key-ending",
            Self::KeyNone => "key-none",
            Self::AddressForgeable => "address-forgeable",
            Self::NetworkEveryone => "network-everyone",
            Self::NoProof => "no-proof",
            Self::Development => "development",
            Self::JwtAnyone => "jwt-anyone",
            Self::KeysLinger => "keys-linger",
            Self::MtlsSubject => "mtls-subject",
            Self::UnmatchedInternal => "unmatched-internal",
            Self::Unused => "unused",
            Self::OriginUnknown => "origin-unknown",
            Self::ActionsUnsaid => "actions-unsaid",
            Self::OriginUnseen => "origin-unseen",
            Self::NeverMatches => "never-matches",
            Self::HeaderRefused => "header-refused",
            Self::KeysAbsent => "keys-absent",
            Self::NoLeeway => "no-leeway",
            Self::WorkerBound => "worker-bound",
            Self::Comments => "comments",
            Self::Public => "public",
        }
    }

    fn severity(self) -> Severity {
        match self {
            // Which host it is for, and how it gets there, is not in a policy.
            Self::MtlsSubject
            | Self::ActionsUnsaid
            | Self::OriginUnseen
            | Self::WorkerBound
            | Self::Comments
            | Self::Public => Severity::Note,
            _ => Severity::Warning,
        }
    }
}

/// Warnings as they are found.
pub(super) struct Warnings<'d> {
    places: Places,
    source: &'d str,
    found: Vec<Diagnostic>,
}

impl<'d> Warnings<'d> {
    /// None yet, for a document with this text.
    pub(super) fn of(tree: &Tree, source: &'d str) -> Self {
        Self { places: Places::of(Some(tree)), source, found: Vec::new() }
    }

    /// Those that were found.
    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Adds one about what is at a path.
    pub(super) fn add(
        &mut self,
        code: Code,
        path: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        let path = path.into();
        let diagnostic = Diagnostic {
            severity: code.severity(),
            code: Some(code.name()),
            span: self.places.around(&path, self.source),
            path,
            line: 1,
            column: 1,
            found: found.into(),
            expected: advice.into(),
        };
        self.found.push(diagnostic.placed(self.source));
    }
}

/// The rules with their places.
pub(super) fn rules(tree: &Tree) -> impl Iterator<Item = (usize, &Tree)> {
    items(tree, "rules")
}

/// The items of a member with their places.
pub(super) fn items<'t>(tree: &'t Tree, name: &str) -> impl Iterator<Item = (usize, &'t Tree)> {
    tree.get(name).map(Tree::items).unwrap_or_default().iter().enumerate()
}
