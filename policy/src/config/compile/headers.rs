//! Headers that the policy reads and writes, and the check that they do not collide.

use crate::address::ClientSource;
use crate::compiling::{Context, not_reserved};
use crate::config::wire;
use crate::credential::carrier::Alphabet;
use crate::credential::token::{Digest, KeyTable, secret};
use crate::form::read::{List, join, quote};
use crate::header::{HeaderName, HeaderValue};
use crate::policy::Forward;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use subtle::ConstantTimeEq;

/// The changes to forwarded requests.
pub(super) fn forward(
    forward: Option<wire::Forward>,
    context: &mut Context<'_>,
) -> Option<Forward> {
    let wire::Forward { credential, caller_header, proof } = forward?;
    if let Some(name) = &caller_header {
        not_credential(name, "forward.caller_header", context);
    }
    let proof = proof.and_then(|wire::Proof { header, env }| {
        let header = header?;
        not_credential(&header, "forward.proof.header", context);
        let variable = env?;
        let absent_denies = core::mem::replace(&mut context.absent_denies, false);
        // Without the proof the origin would refuse every request. This secret is no single
        // caller's, so its absence always refuses the policy.
        let secret = secret(&variable, Alphabet::Ascii, "forward.proof.env", context);
        context.absent_denies = absent_denies;
        let value = HeaderValue::parse(core::str::from_utf8(secret?).ok()?)?;
        Some((header, value))
    });
    Some(Forward {
        remove_credential: credential? == wire::Credential::Remove,
        caller_header,
        proof,
    })
}

/// An origin must not fold two of these headers into one: the gate would overwrite a header that it
/// reads, or remove one that it passes.
pub(super) fn collisions(
    tables: &[KeyTable],
    identities: &List<HeaderName>,
    forward: Option<&Forward>,
    client: Option<&ClientSource>,
    context: &mut Context<'_>,
) {
    let mut taken: Vec<(String, HeaderName)> = Vec::new();
    if let Some(ClientSource::Forwarded { header, .. } | ClientSource::Platform(header)) = client {
        taken.push(("the source of the client address".into(), header.clone()));
    }
    for table in tables {
        let header = table.carrier.header();
        match taken.iter().find(|(_, name)| name.folded() == header.folded()) {
            None => taken.push(("a credential header".into(), header.clone())),
            Some((_, other)) if other == header => {}
            Some((_, other)) => context.faults.add(
                "callers",
                format!("{} and {}", quote(other.as_str()), quote(header.as_str())),
                "credential headers that no origin folds into one",
            ),
        }
    }
    let mut claim = |at: String, name: &HeaderName, context: &mut Context<'_>| {
        if let Some((what, _)) = taken.iter().find(|(_, other)| other.folded() == name.folded()) {
            context.faults.add(
                at.as_str(),
                format!("{}, which is {what} too", quote(name.as_str())),
                "a header with one use",
            );
        }
        taken.push((at, name.clone()));
    };
    for (index, name) in identities {
        let at = format!("identity_headers[{index}]");
        not_credential(name, &at, context);
        claim(at, name, context);
    }
    let Some(forward) = forward else { return };
    if let Some(name) = &forward.caller_header {
        claim("forward.caller_header".into(), name, context);
    }
    if let Some((name, value)) = &forward.proof {
        claim(join("forward.proof", "header"), name, context);
        // The origin sees the proof of every allowed request, so the proof must not be a
        // credential.
        let digest = Digest::of(value.as_bytes());
        if tables.iter().flat_map(KeyTable::keys).any(|key| key.digest.ct_eq(&digest).into()) {
            context.faults.add("forward.proof.env", "the token of a caller", "a secret of its own");
        }
    }
}

/// A header that the gate removes from every request must not be one in which users prove who they
/// are to the origin.
fn not_credential(name: &HeaderName, at: &str, context: &mut Context<'_>) {
    not_reserved(name, at, context);
    if matches!(name.as_str(), "authorization" | "proxy-authorization") {
        context.faults.add(at, quote(name.as_str()), "a header that carries no credential");
    }
}

/// The header for allowed answers, because a shared cache does not know our headers (RFC 9111,
/// section 5.2.2).
pub(super) fn no_store() -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::parse("cache-control")?, HeaderValue::parse("private, no-store")?))
}
