//! Shows how far the attack is, and estimates the time for the rest.

use std::time::Duration;

use wicketgate_attack::campaign::{CORE, Plan};
use wicketgate_attack::origins::Origin;
use wicketgate_runtime::progress::say;

use super::kept::Kept;

/// Says where the attack is before it goes on with the origin of this number.
pub(super) fn tell(plan: &Plan, kept: &Kept, origins: &[&Origin], number: usize) {
    let left: usize = origins.iter().map(|origin| requests(plan, kept, origin)).sum();
    let took = Duration::from_secs_f32(left as f32 * kept.pace().unwrap_or(PACE));
    let name = origins.get(number).map_or("", |origin| origin.name);
    let of = origins.len();
    say(&format!("  origin {} of {of}: {name}; {}", number + 1, rest(left, took)));
}

/// The time for a target if nothing is known yet: half a millisecond on two cores.
const PACE: f32 = 0.0005;

fn rest(requests: usize, took: Duration) -> String {
    let minutes = took.as_secs().div_ceil(60);
    format!("about {requests} requests and {minutes} minutes to go")
}

/// The number of requests that still have to be judged or sent for an origin.
fn requests(plan: &Plan, kept: &Kept, origin: &Origin) -> usize {
    let targets = plan.targets(origin);
    let sent = plan.dead.min(targets);
    let cost = |place: &str| match place {
        CORE => targets,
        "worker" => sent,
        // HTTP/1.1 and HTTP/2, and what only that can carry.
        _ if plan.everywhere => sent * 2 + targets / 5,
        _ => sent,
    };
    plan.places().filter(|place| kept.get(plan, origin, place).is_none()).map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_rounded_up() {
        let text = rest(7, Duration::from_secs(61));
        assert_eq!(text, "about 7 requests and 2 minutes to go");
    }
}
