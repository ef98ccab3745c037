//! Abuse control.

use crate::abuse::{Abuse, Failures, Rate};
use crate::compiling::Context;
use crate::config::wire;
use crate::form::read::join;
use crate::form::{Binding, Duration};

/// The limits on abuse. Without the member, nothing is counted.
pub(super) fn abuse(abuse: Option<wire::Abuse>, context: &mut Context<'_>) -> Abuse {
    let Some(wire::Abuse { failures, cloudflare }) = abuse else { return Abuse::default() };
    let bindings = cloudflare.unwrap_or_default();
    let name = |binding: Option<Binding>| binding.map(|Binding(name)| name.into());
    if failures.is_none() && bindings.calls.is_none() && !context.faults.any_below("abuse") {
        context.faults.add("abuse", "nothing that is counted", "`failures`");
    }
    if failures.is_none() && bindings.failures.is_some() && !context.faults.any_below("abuse") {
        context.faults.add(
            "abuse.cloudflare.failures",
            "a binding, and no `abuse.failures`",
            "both: the binding counts what they limit",
        );
    }
    let failures = failures.and_then(|failures| {
        let window = window(failures.window, "abuse.failures", context);
        Some(Failures {
            limit: failures.limit?.0,
            window: window?,
            refuse_valid: failures.valid_callers == Some(wire::ValidCallers::Refuse),
        })
    });
    Abuse {
        failures,
        failures_binding: name(bindings.failures),
        calls_binding: name(bindings.calls),
    }
}

/// A rule's limit of calls.
pub(super) fn rate(
    limit: Option<wire::RateLimit>,
    at: &str,
    context: &mut Context<'_>,
) -> Option<Rate> {
    let wire::RateLimit { calls, window: span } = limit?;
    let window = window(span, at, context);
    Some(Rate { calls: calls?.0, window: window? })
}

fn window(window: Option<Duration>, at: &str, context: &mut Context<'_>) -> Option<i64> {
    let Duration(millis) = window?;
    if (1_000..=3_600_000).contains(&millis) {
        return Some(millis);
    }
    let found = if millis < 1_000 { "less than a second" } else { "more than an hour" };
    context.faults.add(join(at, "window"), found, "from `1s` to `1h`");
    None
}
