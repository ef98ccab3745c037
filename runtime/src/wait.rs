//! Waiting for something to become true, with a deadline.
//!
//! The only place that sleeps: readiness is asked for again and again, never hoped for.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::interrupt;

/// Asks `probe` until it answers, for at most `limit`. Ends early with
/// [`Interrupted`](interrupt::Interrupted) on Ctrl-C, and with the probe's own error.
pub fn wait_until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let answer = poll(limit, || match interrupt::check() {
        Ok(()) => probe().transpose(),
        Err(interrupted) => Some(Err(interrupted.into())),
    });
    match answer {
        Some(answer) => answer,
        None => bail!("gave up on {what} after {} s", limit.as_secs_f32()),
    }
}

/// Asks `probe` until it answers or `limit` has passed, whatever else happens: for ending
/// children, which has to be done after Ctrl-C too.
pub fn poll<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(answer) = probe() {
            return Some(answer);
        }
        let left = limit.checked_sub(start.elapsed())?;
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

const LONGEST_PAUSE: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_the_first_answer() {
        let mut asked = 0;
        let answer = wait_until("three", Duration::from_secs(5), || {
            asked += 1;
            Ok((asked == 3).then_some("three"))
        });
        assert_eq!(answer.unwrap(), "three");
        assert_eq!(asked, 3);
    }

    #[test]
    fn names_what_it_gave_up_on() {
        let answer = wait_until("nothing", Duration::from_millis(5), || Ok(None::<()>));
        assert_eq!(answer.unwrap_err().to_string(), "gave up on nothing after 0.005 s");
    }

    #[test]
    fn ends_with_the_error_of_the_probe() {
        let answer: Result<()> = wait_until("it", Duration::from_secs(5), || bail!("broken"));
        assert_eq!(answer.unwrap_err().to_string(), "broken");
    }
}
