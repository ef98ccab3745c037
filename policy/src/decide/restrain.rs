//! Counting a decision, and changing its answer if a limit is passed.

use super::{Allow, Decision, Deny, Verdict};
use crate::abuse::{Counted, Counts, Failures, Name, hit, look};
use crate::answer::{Answer, DenyAnswers, JSON};
use crate::audit::{Abused, AuditEvent, AuditKind};
use crate::policy::{Policy, Rule};
use crate::reason::Reason;
use crate::time::Time;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv6Addr};

/// A count that the host also keeps elsewhere, for many threads: on Cloudflare, in a rate-limit
/// binding.
#[derive(Debug)]
pub struct Limit<'a> {
    binding: &'a str,
    key: String,
    name: Name,
}

impl Limit<'_> {
    /// The name of the binding.
    #[must_use]
    pub fn binding(&self) -> &str {
        self.binding
    }

    /// The key of this count in the binding.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Says that the binding found the limit passed.
    #[must_use]
    pub fn over(&self) -> Over {
        Over(self.name)
    }
}

/// A limit that is passed by a count which is kept elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Over(Name);

/// The subject of a count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum By<'a> {
    Client(IpAddr),
    Key(&'a str),
}

impl By<'_> {
    fn name(self) -> Name {
        match self {
            Self::Client(address) => Name::client(address),
            Self::Key(id) => Name::key(id),
        }
    }

    fn abused(self, count: u32, alert: bool) -> Abused {
        match self {
            Self::Client(_) => Abused { bucket: "client", key: None, count, alert },
            Self::Key(id) => Abused { bucket: "key", key: Some(id.into()), count, alert },
        }
    }
}

/// The subjects for which a refusal is counted.
fn counted_by<'d>(
    deny: &'d Deny<'_>,
    event: Option<&AuditEvent<'_>>,
) -> impl Iterator<Item = By<'d>> {
    let client = event.and_then(|event| event.facts().client).map(By::Client);
    let keys = deny.failed.iter().flatten().copied().map(By::Key);
    client.into_iter().chain(keys)
}

impl Policy {
    /// Counts a decision, and changes its answer if a limit is passed.
    ///
    /// `over` lists limits that are passed by counts kept elsewhere ([`Self::limits`]). If the
    /// clock can't be believed, there are no windows, and nothing is counted.
    pub(crate) fn restrain<'a>(
        &'a self,
        decision: &mut Decision<'a>,
        counts: &dyn Counts,
        over: &[Over],
        now: Time,
    ) {
        if !now.is_plausible() {
            return;
        }
        let now = now.unix_millis();
        match &decision.verdict {
            Verdict::Pass { .. } => {}
            Verdict::Deny(_) => self.failed(decision, counts, over, now),
            Verdict::Allow(_) => self.called(decision, counts, over, now),
        }
    }

    /// The counts that the host must also keep elsewhere before it calls [`Self::restrain`], if the
    /// policy says so.
    #[must_use]
    #[inline(never)]
    pub(crate) fn limits<'a>(&'a self, decision: &Decision<'a>) -> Vec<Limit<'a>> {
        match &decision.verdict {
            Verdict::Deny(deny) if deny.failed.is_some() && self.abuse.failures.is_some() => {
                let Some(binding) = &self.abuse.failures_binding else { return Vec::new() };
                let limit = |by: By<'_>| Limit {
                    binding,
                    key: match by {
                        By::Client(IpAddr::V4(address)) => format!("client:{address}"),
                        By::Client(IpAddr::V6(address)) => {
                            let site = u128::from(address) >> 64 << 64;
                            format!("client:{}/64", Ipv6Addr::from(site))
                        }
                        By::Key(id) => format!("key:{id}"),
                    },
                    name: by.name(),
                };
                counted_by(deny, decision.audit.as_ref()).map(limit).collect()
            }
            Verdict::Allow(allow) => {
                let Some(binding) = &self.abuse.calls_binding else { return Vec::new() };
                let limit = |rule: &'a Rule| {
                    let caller = allow.caller().unwrap_or_default();
                    let key = format!("calls:{caller}:{}", rule.id);
                    Limit { binding, key, name: Name::calls(caller, &rule.id) }
                };
                self.limited(allow).map(limit).collect()
            }
            Verdict::Deny(_) | Verdict::Pass { .. } => Vec::new(),
        }
    }

    /// Returns `true` if callers with valid credentials are refused while a client is throttled.
    pub(crate) fn refuses_valid(&self) -> bool {
        self.abuse.failures.as_ref().is_some_and(|failures| failures.refuse_valid)
    }

    /// The rules that admitted a request and limit the caller's calls.
    fn limited<'a>(&'a self, allow: &Allow<'a>) -> impl Iterator<Item = &'a Rule> {
        let rules = allow.rules.iter().filter_map(|id| self.rule(*id));
        rules.filter(|rule| rule.rate.is_some())
    }

    #[inline(never)]
    fn failed<'a>(
        &'a self,
        decision: &mut Decision<'a>,
        counts: &dyn Counts,
        over: &[Over],
        now: i64,
    ) {
        let Some(Failures { limit, window, .. }) = self.abuse.failures else { return };
        let Verdict::Deny(deny) = &decision.verdict else { return };
        let counts_more = deny.failed.is_some();
        let (mut abused, mut left) = (None, None);
        for by in counted_by(deny, decision.audit.as_ref()) {
            let name = by.name();
            let elsewhere = over.iter().any(|Over(other)| *other == name);
            let counted = if counts_more {
                // A limit that is passed elsewhere is passed here too from now on.
                count(counts, name, now, window, if elsewhere { limit } else { 0 })
            } else {
                peek(counts, name, now, window)
            };
            let alert = counted.before < limit && counted.count >= limit;
            let throttles = counted.before >= limit || elsewhere;
            if throttles {
                left = left.max(Some(if counted.left > 0 { counted.left } else { window }));
            }
            // If both the client and the key are over their limits, report the one that has just
            // got there, or else the client.
            if alert || (throttles && abused.is_none()) {
                abused = Some(by.abused(counted.count, alert));
            }
        }
        if let Some(event) = &mut decision.audit {
            event.facts_mut().abused = abused;
        }
        if let (Some(left), Verdict::Deny(deny)) = (left, &mut decision.verdict) {
            deny.answer = throttled(deny.answers, left);
            deny.reason = Reason::Throttled;
            if let Some(event) = &mut decision.audit {
                let facts = event.facts_mut();
                facts.reason = Some(Reason::Throttled);
                facts.status = Some(deny.answer.status);
            }
        }
    }

    #[inline(never)]
    fn called<'a>(
        &'a self,
        decision: &mut Decision<'a>,
        counts: &dyn Counts,
        over: &[Over],
        now: i64,
    ) {
        let Verdict::Allow(allow) = &decision.verdict else { return };
        let mut refused: Option<(Reason, &'a Rule, i64, Abused)> = None;
        let client = allow.event.as_ref().and_then(|event| event.facts().client);
        if let (Some(failures), Some(client)) = (&self.abuse.failures, client)
            && failures.refuse_valid
            && !allow.open
        {
            let counted = peek(counts, Name::client(client), now, failures.window);
            if counted.count >= failures.limit
                && let Some(rule) = allow.rule
            {
                let abused = By::Client(client).abused(counted.count, false);
                refused = Some((Reason::Throttled, rule, counted.left, abused));
            }
        }
        for rule in self.limited(allow) {
            let (Some(rate), None) = (rule.rate, &refused) else { continue };
            let name = Name::calls(allow.caller().unwrap_or_default(), &rule.id);
            let elsewhere = over.iter().any(|Over(other)| *other == name);
            let counted =
                count(counts, name, now, rate.window, if elsewhere { rate.calls } else { 0 });
            if counted.count > rate.calls {
                // One alert a window.
                let alert = counted.before <= rate.calls;
                let abused = Abused { bucket: "calls", key: None, count: counted.count, alert };
                refused = Some((Reason::RateLimited, rule, counted.left, abused));
            }
        }
        let Some((reason, rule, left, abused)) = refused else { return };
        let (id, answers) = (Some(&*rule.id), &rule.deny);
        let answer = throttled(answers, left);
        let status = answer.status;
        let verdict = Verdict::Deny(Deny { reason, rule: id, answer, answers, failed: None });
        if let Verdict::Allow(allow) = core::mem::replace(&mut decision.verdict, verdict) {
            let mut event = allow.event;
            if let Some(event) = &mut event {
                let facts = event.facts_mut();
                (facts.kind, facts.reason) = (AuditKind::Deny, Some(reason));
                (facts.status, facts.abused) = (Some(status), Some(abused));
            }
            decision.audit = event;
        }
    }
}

/// Counts one more, as if the count had been at least `floor` before.
fn count(counts: &dyn Counts, name: Name, now: i64, window: i64, floor: u32) -> Counted {
    let mut counted = Counted::default();
    let kept = counts.change(name.set(), &mut |kept| {
        let (next, so_many) = hit(kept, name, (now, window), floor);
        counted = so_many;
        Some(next)
    });
    // If the set could not be stored, nothing was counted: report the count as it was before.
    if kept { counted } else { peek(counts, name, now, window) }
}

fn peek(counts: &dyn Counts, name: Name, now: i64, window: i64) -> Counted {
    let mut counted = Counted::default();
    let _nothing_to_keep = counts.change(name.set(), &mut |kept| {
        counted = look(kept, name, now, window);
        None
    });
    counted
}

/// The rule's own answer to those who are over a limit, or else a 429 (RFC 6585, section 4).
fn throttled(answers: &DenyAnswers, left: i64) -> Cow<'static, Answer> {
    let mut answer = answers
        .throttled
        .clone()
        .unwrap_or_else(|| Answer::new(429, JSON, br#"{"error":"Too Many Requests"}"#.to_vec()));
    let seconds = left.saturating_add(999).max(1_000) / 1_000;
    answer.set("retry-after", &seconds.to_string());
    Cow::Owned(answer)
}
