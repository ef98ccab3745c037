//! The steps of a decision in words: readings, rules, alternatives.

use serde::{Serialize, Serializer};
use wicketgate_policy::explain::{
    AlternativeSteps, Chosen, CredentialSteps, Explanation, KeyState,
};
use wicketgate_policy::{CredentialKind, Reason};

use super::shown::show;
use crate::document::{Document, Tree};

#[derive(Debug, Serialize)]
pub(super) struct Reading {
    pub(super) path: String,
    pub(super) from_query: bool,
    pub(super) aliases: Vec<String>,
    pub(super) rules: Vec<String>,
    /// The rules without regard to case and a trailing slash, if they differ.
    pub(super) folded: Option<Vec<String>>,
    /// The rules with an empty segment as a parameter.
    pub(super) filled: Option<Vec<String>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) headers: Vec<String>,
    pub(super) alternatives: Vec<Alternative>,
}

#[derive(Debug, Serialize)]
pub(super) struct Alternative {
    pub(super) holds: bool,
    pub(super) methods: Option<Vec<String>>,
    pub(super) method_holds: bool,
    pub(super) caller: Option<String>,
    pub(super) public: bool,
    pub(super) network: Option<String>,
    /// `ok`, or the reason code.
    pub(super) network_result: Option<&'static str>,
    /// The kind of credential that showed the caller.
    #[serde(serialize_with = "names")]
    pub(super) credential: Option<CredentialKind>,
    pub(super) carrier: Option<String>,
    pub(super) key: Option<String>,
    pub(super) key_state: Option<&'static str>,
    pub(super) credential_result: Option<&'static str>,
    /// The result for each kind that the caller may send.
    pub(super) credentials: Vec<Credential>,
}

/// One kind of credential of a caller.
#[derive(Debug, Serialize)]
pub(super) struct Credential {
    #[serde(serialize_with = "name")]
    pub(super) kind: CredentialKind,
    pub(super) carrier: String,
    /// The address from which hosts fetch the keys.
    pub(super) keys_at: Option<String>,
    /// `true` if the keys were handed in.
    pub(super) keys_handed_in: bool,
    /// The checks of a signed token that passed.
    pub(super) held: Vec<&'static str>,
    /// The check that failed.
    pub(super) failed: Option<&'static str>,
    /// The claim that failed.
    pub(super) claim: Option<Claim>,
    pub(super) key: Option<String>,
    /// `ok`, or the reason code.
    pub(super) result: &'static str,
}

fn name<S: Serializer>(kind: &CredentialKind, to: S) -> Result<S::Ok, S::Error> {
    kind.name().serialize(to)
}

fn names<S: Serializer>(kind: &Option<CredentialKind>, to: S) -> Result<S::Ok, S::Error> {
    kind.map(CredentialKind::name).serialize(to)
}

/// The claim because of which a token is refused.
#[derive(Debug, Serialize)]
pub(super) struct Claim {
    /// Empty if no claims could be read.
    pub(super) name: String,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Credential {
    fn of(steps: &CredentialSteps<'_>, handed_in: bool) -> Self {
        Self {
            kind: steps.kind,
            carrier: steps.carrier.to_owned(),
            keys_at: steps.keys_at.map(str::to_owned),
            keys_handed_in: steps.keys_at.is_some() && handed_in,
            held: steps.held.to_vec(),
            failed: steps.failed,
            claim: steps.claim.as_ref().map(|claim| Claim {
                name: claim.name.clone(),
                found: claim.found.clone(),
                expected: claim.expected.clone(),
            }),
            key: steps.result.ok().and_then(|shown| shown.key).map(str::to_owned),
            result: code(steps.result.err()),
        }
    }
}

/// The choice of all readings, in a word and with the ids of the rules.
pub(super) fn chosen(chosen: &Chosen<'_>) -> (&'static str, Vec<String>) {
    let owned = |rules: &[&str]| rules.iter().map(|&rule| rule.to_owned()).collect();
    match chosen {
        Chosen::Nothing => ("nothing", Vec::new()),
        Chosen::Rules(rules) => ("rules", owned(rules)),
        Chosen::Ambiguous { all, .. } => ("ambiguous", owned(all)),
        Chosen::TooComplex => ("too_complex", Vec::new()),
    }
}

/// One reading of the target.
pub(super) fn reading(reading: &wicketgate_policy::explain::Reading<'_>) -> Reading {
    let owned = |rules: &[&str]| rules.iter().map(|&rule| rule.to_owned()).collect::<Vec<_>>();
    let rules = owned(&reading.rules);
    let folded = Some(owned(&reading.folded)).filter(|folded| *folded != rules);
    Reading {
        path: show(&reading.path),
        from_query: reading.from_query,
        aliases: reading.aliases.iter().map(|alias| show(alias)).collect(),
        filled: reading.filled.as_deref().map(owned).filter(|filled| *filled != rules),
        rules,
        folded,
    }
}

/// The chosen rules, with the result of each part.
pub(super) fn rules(
    told: &Explanation<'_>,
    document: &Document,
    handed_in: impl Fn(&str) -> bool,
) -> Vec<Rule> {
    let networks = document.tree.as_ref().and_then(|tree| tree.get("networks"));
    let networks = networks.map(Tree::members).unwrap_or_default();
    let name = |place: usize| networks.get(place).map(|member| member.name.clone());
    let alternative = |steps: &AlternativeSteps<'_>| {
        let credential = steps.credential;
        let shown = credential.and_then(Result::ok);
        Alternative {
            holds: steps.holds(),
            methods: steps
                .methods
                .as_ref()
                .map(|methods| methods.iter().map(|&method| method.to_owned()).collect()),
            method_holds: steps.method_holds,
            caller: steps.caller.map(str::to_owned),
            public: steps.public,
            network: steps.network.and_then(|(place, _)| name(place)),
            network_result: steps.network.map(|(_, result)| code(result.err())),
            credential: shown.map(|shown| shown.kind),
            carrier: shown.and_then(|shown| shown.carrier).map(str::to_owned),
            key: shown.and_then(|shown| shown.key).map(str::to_owned),
            key_state: shown.and_then(|shown| shown.state).map(|state| match state {
                KeyState::Active => "active",
                KeyState::Ending => "ending",
                KeyState::Expiring => "expiring",
                KeyState::Old => "old",
            }),
            credential_result: credential.map(|result| code(result.err())),
            credentials: steps
                .kinds
                .iter()
                .map(|kind| Credential::of(kind, steps.caller.is_some_and(&handed_in)))
                .collect(),
        }
    };
    let rule = |rule: &wicketgate_policy::explain::RuleSteps<'_>| Rule {
        id: rule.id.to_owned(),
        headers: rule.carriers.iter().map(|&carrier| carrier.to_owned()).collect(),
        alternatives: rule.alternatives.iter().map(alternative).collect(),
    };
    told.rules.iter().map(rule).collect()
}

fn code(reason: Option<Reason>) -> &'static str {
    reason.map_or("ok", Reason::code)
}
