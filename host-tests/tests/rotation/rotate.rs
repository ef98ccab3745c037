//! The runbook, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use wicketgate_host_tests::faults::load;
use wicketgate_policy::Time;
use wicketgate_runtime::audit::AuditLine;
use wicketgate_runtime::wait::wait_until;

use crate::callers::{Caller, callers, environment, example};
use crate::clients::{ADMITTED, Clients};
use crate::desk::{Desk, IN_A_VARIABLE, PLANNED, STOLEN, Told};
use crate::site::{Kind, Site};

/// Rotates the secret of each caller of an example, and then ends what was stolen of each.
pub(crate) fn rotate(kind: Kind, name: &str) {
    let example = example(name);
    let mut run = Run {
        kind,
        callers: callers(&example, kind.host()),
        desk: Desk::new(&example.policy),
        environment: environment(&example),
    };
    let mut site = Site::start(kind, &run.desk.policy, &run.environment);
    let tokens = run.planned(&mut site);
    run.stolen(&mut site, &tokens);
}

struct Run {
    kind: Kind,
    callers: Vec<Caller>,
    desk: Desk,
    environment: BTreeMap<String, String>,
}

impl Run {
    /// The planned rotation; returns the tokens that the callers have then.
    fn planned(&mut self, site: &mut Site) -> Vec<String> {
        // Two clients for each token that is good: one is moved before the other.
        let keys: Vec<(Caller, String, String)> = self
            .callers
            .iter()
            .flat_map(|caller| {
                let token = |variable: &String| self.environment[variable].clone();
                caller.keys.iter().map(move |(id, env)| (caller.clone(), id.clone(), token(env)))
            })
            .collect();
        let who = keys.iter().flat_map(|(caller, _, token)| [(caller, &**token); 2]);
        let clients = Clients::start(site.server(), who);
        clients.rounds(20);

        // 1 to 3: the new key beside the old one, in force.
        let command = if self.kind == Kind::Watched { PLANNED } else { IN_A_VARIABLE };
        let told = self.make(command);
        self.paste(&told, |told| &told.pasted[0]);
        self.roll_out(site, &clients);
        clients.rounds(20);
        none_refused(&clients);

        // 4: the callers get the new token, one client after the other.
        for moved in 0..2 {
            for slot in clients.all().iter().skip(moved).step_by(2) {
                let told = told.iter().find(|told| told.caller == slot.caller.name).unwrap();
                slot.give(&told.token);
            }
            clients.rounds(20);
            none_refused(&clients);
        }

        // 5: the old key was seen in its grace, and comes to rest.
        let (grace, metrics) = (graced(&site.log()), counted(site));
        for (caller, id, _) in &keys {
            let used = (caller.name.clone(), id.clone());
            assert!(grace.contains_key(&used), "no use of {used:?} in its grace: {grace:?}");
        }
        if let Some(metrics) = &metrics {
            assert!(*metrics == grace || self.kind == Kind::Restarted, "{metrics:?}\n{grace:?}");
            assert!(!metrics.is_empty());
        }
        let since = now();
        clients.rounds(20);
        let log = site.log();
        for told in &told {
            assert_eq!(self.desk.used(&log, &told.caller, &since), [&*told.id], "{}", told.caller);
        }
        assert_eq!((graced(&log), counted(site)), (grace, metrics), "an old key moves still");

        // An application with a check of its own gets the new token, and must know it.
        let keeps = self.desk.policy["forward"]["credential"] == "keep";
        assert_eq!(site.origin_got(&told[0].token), keeps);

        // 6: without the old key, and what it is then.
        self.paste(&told, |told| told.pasted.last().unwrap());
        for (_, variable) in self.callers.iter().flat_map(|caller| &caller.keys) {
            self.environment.remove(variable);
        }
        self.roll_out(site, &clients);
        clients.rounds(20);
        for (caller, _, token) in &keys {
            assert_ne!(load::Client::new(site.server()).ask(&caller.request(token)), ADMITTED);
        }
        wait_until("audit lines of old tokens", PATIENCE, || {
            Ok((denied(&site.log(), "credential_unknown") == keys.len()).then_some(()))
        })
        .unwrap();

        println!("{} valid calls, none refused", none_refused(&clients));
        told.into_iter().map(|told| told.token).collect()
    }

    /// These tokens are stolen: they end, all at once, and that is seen.
    fn stolen(&mut self, site: &mut Site, tokens: &[String]) {
        let who = self.callers.iter().zip(tokens.iter().map(String::as_str));
        let thieves = Clients::start(site.server(), who);
        thieves.rounds(5);
        none_refused(&thieves);

        let edit = Instant::now();
        let told = self.make(STOLEN);
        self.paste(&told, |told| &told.pasted[0]);
        let version = self.roll_out(site, &thieves);
        let dead = wait_until("the end of stolen keys", MINUTE, || {
            let firsts = thieves.all().iter().map(|slot| first_refusal(&slot.seen()));
            Ok(firsts.collect::<Option<Vec<_>>>())
        });
        let dead = dead.unwrap().into_iter().max().unwrap().duration_since(edit);
        println!("dead {} ms after the edit", dead.as_millis());
        assert!(dead < MINUTE);

        // Nobody is let in after that: not on connections that are kept, nor on new ones.
        thieves.rounds(20);
        for (caller, token) in self.callers.iter().zip(tokens) {
            for _ in 0..10 {
                let outcome = load::Client::new(site.server()).ask(&caller.request(token));
                assert_ne!(outcome, ADMITTED, "{}", caller.name);
            }
        }
        for slot in thieves.all() {
            let seen = slot.seen();
            let after = seen.iter().skip_while(|(_, outcome)| *outcome == ADMITTED);
            let admitted = after.filter(|(_, outcome)| *outcome == ADMITTED).count();
            assert_eq!(admitted, 0, "{} after it was dead", slot.caller.name);
        }

        // And it is seen: which key, by which policy.
        let log = site.log();
        let [keys, versions] = self.desk.revoked(&log);
        let stolen: BTreeSet<String> =
            self.callers.iter().map(|caller| format!("{}-2027-q1", caller.name)).collect();
        assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), stolen);
        assert_eq!(versions, [version]);
        if let Some(metrics) = site.metrics() {
            let is_revoked = |line: &&str| line.contains("outcome=\"deny\",reason=\"key_revoked\"");
            let counts = metrics.lines().filter(is_revoked).map(value);
            assert!(counts.sum::<u64>() >= 30 * stolen.len() as u64, "{metrics}");
        }
        for told in &told {
            let caller = self.callers.iter().find(|caller| caller.name == told.caller).unwrap();
            let outcome = load::Client::new(site.server()).ask(&caller.request(&told.token));
            assert_eq!(outcome, ADMITTED, "{} with its new token", told.caller);
        }
    }

    /// A new token for each caller.
    fn make(&mut self, command: &str) -> Vec<Told> {
        let names = self.callers.iter().map(|caller| caller.name.as_str());
        let told: Vec<Told> = names.map(|name| self.desk.rotate(command, name)).collect();
        for told in &told {
            if let Some(variable) = &told.variable {
                self.environment.insert(variable.clone(), told.token.clone());
            }
        }
        told
    }

    fn paste(&mut self, told: &[Told], step: impl Fn(&Told) -> &serde_json::Value) {
        for told in told {
            self.desk.paste(&told.caller, step(told));
        }
    }

    fn roll_out(&self, site: &mut Site, clients: &Clients) -> String {
        let version = self.desk.version();
        site.roll_out(&self.desk.policy, &self.environment, &version, clients);
        version
    }
}

/// Asserts that every call was let through, and says how many there were.
#[track_caller]
fn none_refused(clients: &Clients) -> usize {
    let (sent, refused) = clients.refused();
    assert!(refused.is_empty(), "{} of {sent} valid calls: {refused:?}", refused.len());
    sent
}

/// Calls by callers and keys that have an end, in audit lines.
fn graced(log: &str) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for line in log.lines().filter_map(AuditLine::find) {
        let text = |name: &str| line.text(name).unwrap_or_default().to_owned();
        let ends = ["ending", "expiring"].contains(&&*text("wicketgate.credential.state"));
        if ends && text("wicketgate.decision") == "allow" {
            let key = (text("user.id"), text("wicketgate.credential.key_id"));
            *counts.entry(key).or_insert(0) += 1;
        }
    }
    counts
}

/// The same in Envoy's metrics.
fn counted(site: &Site) -> Option<BTreeMap<(String, String), u64>> {
    let metrics = site.metrics()?;
    let lines = metrics.lines().filter_map(|line| {
        let labels = line.strip_prefix("wicketgate_grace_total{caller=\"")?;
        let (caller, rest) = labels.split_once("\",key=\"")?;
        let (key, _) = rest.split_once("\"}")?;
        Some(((caller.to_owned(), key.to_owned()), value(line)))
    });
    Some(lines.collect())
}

fn value(line: &str) -> u64 {
    line.rsplit_once(' ').and_then(|(_, value)| value.parse().ok()).unwrap()
}

/// The number of requests that were denied for this reason.
fn denied(log: &str, reason: &str) -> usize {
    let lines = log.lines().filter_map(AuditLine::find);
    lines.filter(|line| line.text("error.type") == Some(reason)).count()
}

fn first_refusal(
    seen: &[(Instant, wicketgate_host_tests::faults::outcome::Outcome)],
) -> Option<Instant> {
    seen.iter().find(|(_, outcome)| *outcome != ADMITTED).map(|(begun, _)| *begun)
}

fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_unix_millis(i64::try_from(now.as_millis()).unwrap()).to_string()
}

const MINUTE: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(20);
