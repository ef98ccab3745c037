//! The steps that the core tells (its feature `explain`) against its decision, over the corpus.

use std::path::Path;

use wicketgate_policy::explain::{AlternativeSteps, Chosen, Explanation, RuleSteps};
use wicketgate_policy::{
    CredentialKind, Environment, Header, Host, Outcome, Peer, Policy, Reason, Request, Time,
    Verdict,
};
use wicketgate_runtime::vectors::{self, Vector};

#[test]
fn the_steps_lead_to_the_decision() {
    let vectors = vectors::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")).unwrap();
    let (mut judged, mut networks, mut ambiguous, mut signed) = (0, 0, 0, 0);
    for vector in &vectors {
        let policy = policy(vector);
        let pairs = pairs(vector);
        let headers: Vec<Header<'_>> =
            pairs.iter().map(|(name, value)| Header { name, value }).collect();
        let peer = vector.request.peer.as_deref();
        let peer = peer.map_or(Peer::Unknown, |peer| Peer::Address(peer.as_bytes()));
        let request = Request { headers: &headers, peer };
        let told = policy.explain(&request, Time::parse(&vector.now).unwrap());
        let place = format!("{}: {}\n{told:?}", vector.file, vector.name);
        let Outcome::Decided(decision) = &told.outcome else { panic!("{place}") };
        match &decision.verdict {
            Verdict::Pass { .. } => {
                assert_eq!(told.chosen, Chosen::Nothing, "{place}");
                // A request passes if, and only if, no reading chooses a rule.
                let none = |rules: &[&str]| rules.is_empty();
                assert!(told.readings.iter().all(|r| none(&r.rules) && none(&r.folded)), "{place}");
            }
            Verdict::Allow(_) => {
                assert!(!told.rules.is_empty() && told.rules.iter().all(holds), "{place}");
            }
            Verdict::Deny(deny) => {
                judged += usize::from(denied(&told, deny.reason, &place));
                networks += usize::from(deny.reason == Reason::NetworkNotAllowed);
                ambiguous += usize::from(deny.reason == Reason::PathAmbiguous);
            }
        }
        // Each reading's rules are among those that were chosen together.
        let all: &[&str] = match &told.chosen {
            Chosen::Nothing | Chosen::TooComplex => continue,
            Chosen::Rules(rules) | Chosen::Ambiguous { all: rules, .. } => rules,
        };
        for reading in &told.readings {
            let mut rules = reading.rules.iter().chain(&reading.folded);
            assert!(rules.all(|rule| all.contains(rule)), "{place}");
        }
        for steps in told.rules.iter().flat_map(|rule| &rule.alternatives) {
            signed += usize::from(signed_steps(steps, &place));
        }
        let steps: Vec<&str> = told.rules.iter().map(|rule| rule.id).collect();
        assert_eq!(steps, all, "{place}");
    }
    assert!(signed > 20, "only {signed} steps of signed tokens");
    assert!(judged > 200 && networks > 20 && ambiguous > 100, "{judged} {networks} {ambiguous}");
}

/// Returns `true` if the reason belongs to a part of a rule; then a part must show it.
fn denied(told: &Explanation<'_>, reason: Reason, place: &str) -> bool {
    let parts: Vec<_> = told.rules.iter().flat_map(|rule| &rule.alternatives).collect();
    let network =
        |reason| parts.iter().any(|part| part.network.is_some_and(|(_, n)| n == Err(reason)));
    let credential = |reason| parts.iter().any(|part| part.credential == Some(Err(reason)));
    if reason == Reason::HandlerUnclear || told.names_handler {
        // Every rule is chosen, and what the path alone chooses is judged first.
        assert!(told.names_handler || told.unclear, "{place}");
        return false;
    }
    match reason {
        Reason::MethodOverrideNotAllowed => {
            // The rules hold for the request's own method.
            assert!(!told.methods.is_empty(), "{place}");
            return false;
        }
        Reason::PathMissing | Reason::ConnectRefused | Reason::UpgradeRefused => {
            assert_eq!(told.refused_everywhere, Some(reason), "{place}");
            return false;
        }
        Reason::PathAmbiguous => {
            assert!(matches!(told.chosen, Chosen::Ambiguous { .. }), "{place}");
            return false;
        }
        Reason::PathTooComplex => assert_eq!(told.chosen, Chosen::TooComplex, "{place}"),
        Reason::Unmatched if told.uncovered && told.chosen != Chosen::Nothing => {
            assert!(parts.iter().any(|part| part.public), "{place}");
            return false;
        }
        Reason::Unmatched => assert_eq!(told.chosen, Chosen::Nothing, "{place}"),
        Reason::NobodyAllowed => {
            assert!(told.rules.iter().any(|rule| rule.alternatives.is_empty()), "{place}");
        }
        Reason::MethodNotAllowed => assert!(parts.iter().any(|part| !part.method_holds), "{place}"),
        Reason::AddressUnknown | Reason::NetworkNotAllowed => assert!(network(reason), "{place}"),
        // For the part alone, a misplaced credential is missing.
        Reason::CredentialWrongHeader | Reason::CredentialInQuery => {
            assert!(credential(Reason::CredentialMissing), "{place}");
        }
        // Counting is not a step of one request.
        Reason::Throttled
        | Reason::RateLimited
        | Reason::MalformedMethod
        | Reason::MalformedAuthority
        | Reason::CallersDisagree
        | Reason::IdentityMalformed => return false,
        reason => assert!(credential(reason), "{place}"),
    }
    // And some rule has no alternative that holds, where rules were judged at all.
    assert!(told.rules.is_empty() || !told.rules.iter().all(holds), "{place}");
    true
}

/// Returns `true` if one of the credentials is signed. Then the passed checks must end where the
/// reason says.
fn signed_steps(steps: &AlternativeSteps<'_>, place: &str) -> bool {
    for kind in &steps.kinds {
        // A good credential of the caller is enough for the part.
        if kind.kind == CredentialKind::Jwt && kind.result.is_ok() {
            assert_eq!(steps.credential.map(|part| part.is_ok()), Some(true), "{place}");
        }
    }
    let jwt = steps.kinds.iter().find(|kind| kind.kind == CredentialKind::Jwt);
    let Some(jwt) = jwt else { return false };
    match jwt.result {
        Ok(shown) => {
            assert_eq!((shown.kind, shown.state), (CredentialKind::Jwt, None), "{place}");
            assert_eq!((jwt.held.len(), jwt.failed), (13, None), "{place}");
        }
        Err(reason) => {
            let is_signed = reason.code().starts_with("jwt_") || reason == Reason::ClockUnset;
            assert_eq!(jwt.failed.is_some(), is_signed, "{place}");
            assert!(jwt.failed.is_none_or(|failed| !jwt.held.contains(&failed)), "{place}");
        }
    }
    true
}

fn holds(rule: &RuleSteps<'_>) -> bool {
    rule.alternatives.iter().any(|alternative| alternative.holds())
}

fn policy(vector: &Vector) -> Policy {
    let host = vector.host.as_deref().and_then(Host::parse).unwrap_or(Host::Envoy);
    let environment =
        vector.env.iter().fold(Environment::new(host), |environment, (name, value)| {
            environment.with(name, value.as_bytes())
        });
    Policy::load(vector.policy.as_bytes(), &environment).unwrap()
}

/// The header map; each character of a vector is a byte.
fn pairs(vector: &Vector) -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes =
        |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let request = &vector.request;
    let mut pairs = vec![(b":method".to_vec(), bytes(&request.method))];
    pairs.extend(request.target.iter().map(|target| (b":path".to_vec(), bytes(target))));
    pairs.push((b":scheme".to_vec(), bytes(&request.scheme)));
    pairs.extend(request.authority.iter().map(|host| (b":authority".to_vec(), bytes(host))));
    pairs.extend(request.headers.iter().map(|(name, value)| (bytes(name), bytes(value))));
    pairs
}
