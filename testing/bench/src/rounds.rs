//! CPU time for a request, in rounds: each round measures every arm, in an order of its own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wicketgate_load::{Connection, closed};
use wicketgate_runtime::http::{Answer, Client};
use wicketgate_runtime::interrupt;
use wicketgate_runtime::progress::say;

use super::arm::Arm;
use super::results::{ArmResult, two_digits};

/// The server of the arms.
pub(super) trait Server {
    /// The address of an arm.
    fn address(&self, arm: &str) -> Result<SocketAddr>;

    /// The CPU time that serving has taken so far, once there is nothing to do any more.
    fn cpu_time_at_rest(&self) -> Result<Duration>;
}

/// The numbers of rounds and requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) rounds: usize,
    pub(super) requests: usize,
}

impl Plan {
    /// The number of requests for an arm in a round. If each needs a signature, fewer are enough,
    /// because they cost far more than any disturbance.
    fn timed(self, distinct: bool) -> usize {
        if distinct { (self.requests / 4).max(1) } else { self.requests }
    }

    /// Those that go before, so that caches and branches are as in a run.
    fn warm_up(self, distinct: bool) -> usize {
        (self.timed(distinct) / 10).max(1)
    }

    /// The number of different tokens for an arm that sends none twice.
    pub(super) fn tokens(self) -> usize {
        (self.rounds + 1) * (self.timed(true) + self.warm_up(true)) + 1
    }
}

/// Holds an arm to what it is for: the right request and the wrong ones get their answers.
pub(super) fn check<S>(arm: &mut Arm<S>, server: &impl Server) -> Result<()> {
    let client = Client::new(server.address(&arm.name)?);
    let right = arm.traffic.clone().take(1)?[0].to_vec();
    let ask = |client: &Client, request: &[u8]| match client.send_bytes(request, false)? {
        Answer::Response(response) => Ok(response.status),
        Answer::Closed => bail!("the connection was closed without an answer"),
    };
    let status = ask(&client, &right)?;
    if status != arm.expected {
        bail!("`{}` answers {status} to what it is timed with, not {}", arm.name, arm.expected);
    }
    for wrong in &arm.wrong {
        let status = ask(&client.from(wrong.from), &wrong.request)?;
        if status != wrong.status {
            bail!("`{}` answers {status} to {}, not {}", arm.name, wrong.what, wrong.status);
        }
    }
    Ok(())
}

/// Measures. The calling thread is bound to another core than the server.
pub(super) fn measure<S>(
    arms: &mut [Arm<S>],
    server: &impl Server,
    plan: Plan,
) -> Result<Vec<ArmResult>> {
    let mut micros = vec![Vec::new(); arms.len()];
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut order: Vec<usize> = (0..arms.len()).collect();
    // The first warms up: what a virtual machine does once is done then.
    for round in 0..=plan.rounds {
        random.shuffle(&mut order);
        for &index in &order {
            interrupt::check()?;
            let arm = &mut arms[index];
            let took = time(arm, server, plan);
            let took = took.with_context(|| format!("measuring `{}`", arm.name))?;
            if round > 0 {
                micros[index].push(two_digits(took.as_secs_f64() * 1e6));
            }
        }
        if round > 0 && (round % 5 == 0 || round == plan.rounds) {
            say(&format!("  {round} of {} rounds", plan.rounds));
        }
    }
    let result = |(arm, micros): (&Arm<S>, Vec<f64>)| ArmResult {
        name: arm.name.clone(),
        what: arm.what.clone(),
        base: arm.base.clone(),
        micros,
    };
    Ok(arms.iter().zip(micros).map(result).collect())
}

/// The server's time for a request.
fn time<S>(arm: &mut Arm<S>, server: &impl Server, plan: Plan) -> Result<Duration> {
    // Opened each time: workerd closes those that were idle for five seconds.
    let address = server.address(&arm.name)?;
    let open = (0..CONNECTIONS).map(|_| Connection::open(address));
    let connections = &mut open.collect::<Result<Vec<_>>>()?;
    let distinct = arm.traffic.is_distinct();
    let (warm_up, timed) = (plan.warm_up(distinct), plan.timed(distinct));
    closed(connections, arm.traffic.take(warm_up)?, arm.expected)?;
    let requests = arm.traffic.take(timed)?;
    let before = server.cpu_time_at_rest()?;
    closed(connections, requests, arm.expected)?;
    let after = server.cpu_time_at_rest()?;
    Ok(after.saturating_sub(before) / u32::try_from(timed)?)
}

/// Enough for the server never to sleep.
const CONNECTIONS: usize = 4;
const SEED: u64 = 20_261_123;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_token_for_each_request() {
        let plan = Plan { rounds: 3, requests: 100 };
        // A quarter, and a tenth of it before, in each round and the one that warms up.
        assert_eq!(plan.tokens(), 4 * (25 + 2) + 1);
    }
}
