//! Compiles a document, and finds the place of every fault.

use clap::ValueEnum;
use wicketgate_policy::{Environment, Fault, Host, Policy};

use crate::diagnostics::{self, Diagnostic, Severity};
use crate::document::{Document, Places, Tree, masked};
use crate::meant::meant;
use crate::secrets;

/// The host that a command asks for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum HostKind {
    /// Envoy, Istio, Envoy Gateway.
    #[default]
    Envoy,
    /// Cloudflare Workers.
    Cloudflare,
}

impl From<HostKind> for Host {
    fn from(kind: HostKind) -> Self {
        match kind {
            HostKind::Envoy => Self::Envoy,
            HostKind::Cloudflare => Self::Cloudflare,
        }
    }
}

/// The source of the values of a policy's variables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Secrets {
    /// Made up: the document is judged by itself.
    MadeUp,
    /// This process's environment.
    Real,
}

/// Makes a policy from a document.
///
/// # Errors
/// Every fault, in the order of the document.
pub fn compile(
    document: &Document,
    host: Host,
    secrets: Secrets,
) -> Result<Policy, Vec<Diagnostic>> {
    compile_with(document, |core, tree| match secrets {
        Secrets::MadeUp => secrets::made_up(core, tree, host),
        Secrets::Real => secrets::real(core, host),
    })
}

/// [`compile`] with an environment of the caller's.
///
/// # Errors
/// Every fault, in the order of the document.
pub fn compile_with(
    document: &Document,
    environment: impl FnOnce(&wicketgate_policy::Document, &Tree) -> Environment,
) -> Result<Policy, Vec<Diagnostic>> {
    if let Some((fault, span)) = &document.broken {
        return Err(vec![error(fault, span.clone()).placed(&document.source)]);
    }
    let place = |faults: wicketgate_policy::Faults| {
        let places = Places::of(document.tree.as_ref());
        let all = faults.iter().map(|fault| {
            error(fault, places.mark(fault, &document.source)).placed(&document.source)
        });
        all.collect::<Vec<_>>()
    };
    let core = wicketgate_policy::Document::parse(&document.json).map_err(place)?;
    let Some(tree) = &document.tree else { return Err(Vec::new()) };
    let environment = environment(&core, tree);
    core.compile(&environment).map_err(place)
}

/// Diagnostics as text, with the document's text masked.
pub fn render(document: &Document, diagnostics: &[Diagnostic]) -> String {
    let faults: Vec<Fault> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| Fault {
            path: diagnostic.path.clone(),
            found: diagnostic.found.clone(),
            expected: diagnostic.expected.clone(),
        })
        .collect();
    diagnostics::render(diagnostics, &document.name, &masked(document, faults.iter()))
}

fn error(fault: &Fault, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: None,
        path: fault.path.clone(),
        line: 1,
        column: 1,
        found: fault.found.clone(),
        expected: match meant(fault) {
            Some(meant) => format!("{}; {meant}", fault.expected),
            None => fault.expected.clone(),
        },
        span,
    }
}
