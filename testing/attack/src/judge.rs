//! Judges a probe like a gate: by the decision core natively, or by the check that it replaces.

use anyhow::{Result, anyhow};
use wicketgate_policy::{
    Edit, Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict,
};

use crate::origins::{Form, Origin, TOKEN};
use crate::probe::Probe;

/// A decision about probes.
#[derive(Debug)]
pub enum Judge {
    /// The core.
    Core(Box<Policy>),
    /// The raw target compared with the guarded prefixes, as many a gate does it. It exists to show
    /// that the attack finds what there is to find.
    RawPrefix,
}

/// The token of the policy. Nobody sends it.
pub fn token() -> &'static str {
    // 256 bits that guard nothing but a run on loopback.
    "5p8C0Jt0m4bq2k1Xv9yWn7sRz3LdHfGaQeUoTiVxKjM"
}

impl Judge {
    /// The core with the policy of `origin` in this form.
    pub fn core(origin: &Origin, form: Form) -> Result<Self> {
        let environment = Environment::new(Host::Envoy).with(TOKEN, token().as_bytes());
        let document = origin.policy(form).to_string();
        let policy = Policy::load(document.as_bytes(), &environment)
            .map_err(|faults| anyhow!("the policy of `{}` is refused:\n{faults}", origin.name))?;
        Ok(Self::Core(Box::new(policy)))
    }

    /// The request that would be forwarded, `None` if it is refused.
    pub fn forwards(&self, probe: &Probe) -> Option<Probe> {
        match self {
            Self::Core(policy) => forwards(policy, probe),
            Self::RawPrefix => {
                let guarded = [&b"/internal"[..], b"/api/dashboard/latest-runs", b"/balance/"];
                let single = [&b"/tasks/"[..], b"/account"];
                let more = [&b"/v1/internal"[..], b"/v1/balance/", b"/old", b"/alias/"];
                let hit = guarded
                    .iter()
                    .chain(&single)
                    .chain(&more)
                    .any(|prefix| probe.target.starts_with(prefix));
                (!hit).then(|| probe.clone())
            }
        }
    }
}

fn forwards(policy: &Policy, probe: &Probe) -> Option<Probe> {
    let mut headers = vec![
        Header { name: b":method", value: &probe.method },
        Header { name: b":path", value: &probe.target },
        Header { name: b":scheme", value: b"http" },
        Header { name: b":authority", value: &probe.host },
    ];
    headers.extend(probe.headers.iter().map(|(name, value)| Header { name, value }));
    let request = Request { headers: &headers, peer: Peer::Unknown };
    let Outcome::Decided(decision) = policy.decide(&request, Time::BUILD) else { return None };
    let edits = match decision.verdict {
        Verdict::Pass { edits } => edits,
        Verdict::Allow(allow) => allow.edits,
        Verdict::Deny(_) => return None,
    };
    let mut forwarded = probe.clone();
    for edit in &edits {
        let name = match edit {
            Edit::Remove(name) => *name,
            Edit::Set(name, _) => name.as_str().as_bytes(),
        };
        forwarded.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        if let Edit::Set(name, value) = edit {
            forwarded.headers.push((name.as_str().into(), value.as_bytes().to_vec()));
        }
    }
    Some(forwarded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::{named, origins};

    #[test]
    fn every_policy_guards_what_is_guarded() {
        for (origin, form) in origins().flat_map(|origin| Form::ALL.map(|form| (origin, form))) {
            let core = Judge::core(origin, form).unwrap();
            let passes = |path: &str| core.forwards(&Probe::get(path)).is_some();
            for path in origin.guarded() {
                assert!(!passes(&path), "{} {form:?} {path}", origin.name);
            }
            assert!(passes("/pub"), "{} {form:?}", origin.name);
            for path in origin.open.iter().filter(|path| path.starts_with("/internal/")) {
                let is_open = passes(&path.replace('*', "x"));
                assert_eq!(is_open, form == Form::Public, "{} {form:?} {path}", origin.name);
            }
        }
    }

    #[test]
    fn headers_are_edited_as_a_host_does() {
        let core = Judge::core(named("nextjs").unwrap(), Form::Unmatched).unwrap();
        let probe = Probe::get("/pub").with_header("Script_Name", "/x").with_header("a", "b");
        assert_eq!(core.forwards(&probe), Some(Probe::get("/pub").with_header("a", "b")));
    }

    #[test]
    fn a_prefix_check_is_no_gate() {
        let prefix = Judge::RawPrefix;
        assert!(prefix.forwards(&Probe::get("/internal/x")).is_none());
        assert!(prefix.forwards(&Probe::get("/%69nternal/x")).is_some());
    }
}
