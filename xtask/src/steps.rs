//! Steps of a long check: each is named, timed and counted.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use wicketgate_runtime::interrupt;

use crate::terminal::Paint;

/// The numbers of checks that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Not carried out, as the machine lacks something: neither good nor bad, and told.
    pub(crate) skipped: u64,
}

impl Count {
    /// One check.
    pub(crate) fn one(good: bool) -> Self {
        Self { passed: u64::from(good), failed: u64::from(!good), skipped: 0 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The steps so far.
#[derive(Debug)]
pub(crate) struct Steps {
    paint: Paint,
    only: Vec<String>,
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    name: &'static str,
    count: Count,
    took: Duration,
    /// Tests of it that had not what they need, each with why.
    left_out: Vec<String>,
    /// Why it was not carried out.
    skipped: Option<String>,
}

impl Steps {
    /// No steps yet; of those to come, `only` the named ones are run if any are named.
    pub(crate) fn new(paint: Paint, only: &[String]) -> Self {
        Self { paint, only: only.to_vec(), done: Vec::new() }
    }

    /// Runs a step. One that can't be carried out counts as a failure, and the next is run; only
    /// Ctrl-C ends it all.
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> Result<Count>,
    ) -> Result<()> {
        if !self.only.is_empty() && !self.only.iter().any(|only| only == name) {
            return Ok(());
        }
        println!();
        println!("{}", self.paint.strong(&format!("== {name}")));
        let start = Instant::now();
        let mut count = match step() {
            Ok(Count { passed: 0, failed: 0, .. }) => {
                println!("error: {name} checked nothing");
                Count::one(false)
            }
            Ok(count) => count,
            Err(error) => {
                interrupt::check()?;
                println!("error: {error:#}");
                Count::one(false)
            }
        };
        let left_out = std::mem::take(&mut *lock());
        count.skipped += left_out.len() as u64;
        self.done.push(Done { name, count, took: start.elapsed(), left_out, skipped: None });
        Ok(())
    }

    /// Leaves a step out and says why: it counts as skipped alone, and is seen.
    pub(crate) fn skip(&mut self, name: &'static str, why: &str) {
        if !self.only.is_empty() && !self.only.iter().any(|only| only == name) {
            return;
        }
        println!("\n{}\nskipped: {why}", self.paint.strong(&format!("== {name}")));
        let (count, took) = (Count { skipped: 1, ..Count::default() }, Duration::ZERO);
        let skipped = Some(why.to_owned());
        self.done.push(Done { name, count, took, left_out: Vec::new(), skipped });
    }

    /// The sum of all steps.
    pub(crate) fn sum(&self) -> Count {
        let mut sum = Count::default();
        self.done.iter().for_each(|done| sum.add(done.count));
        sum
    }

    /// The result of each step, with the slow ones marked.
    pub(crate) fn summary(&self) -> String {
        let line = |done: &Done| {
            let Count { passed, failed, skipped } = done.count;
            if let Some(why) = &done.skipped {
                return self.paint.bad(&format!("{:<14} skipped: {why}", done.name));
            }
            let mut text = format!(
                "{:<14} {:>7.1} s  {passed:>5} passed, {failed} failed",
                done.name,
                done.took.as_secs_f32()
            );
            if skipped > 0 {
                text += &format!(", {skipped} skipped");
            }
            let text = if failed == 0 { text } else { self.paint.bad(&text) };
            let left_out = done.left_out.iter();
            let left_out =
                left_out.map(|why| self.paint.bad(&format!("{:<14} skipped: {why}", "")));
            [text].into_iter().chain(left_out).collect::<Vec<_>>().join("\n")
        };
        self.done.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The tests that the current step has skipped. They report that while it runs.
static LEFT_OUT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lock() -> std::sync::MutexGuard<'static, Vec<String>> {
    LEFT_OUT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A test of the step that runs had not what it needs: it counts as skipped, and is told with why.
pub(crate) fn left_out(why: &str) {
    lock().push(why.to_owned());
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn counts_what_cannot_be_carried_out_as_failed() {
        let mut steps = Steps::new(Paint::for_stdout(), &[]);
        steps.run("good", || Ok(Count { passed: 3, failed: 0, skipped: 2 })).unwrap();
        steps.run("broken", || bail!("no such program")).unwrap();
        steps.run("empty", || Ok(Count::default())).unwrap();
        assert_eq!(steps.sum(), Count { passed: 3, failed: 2, skipped: 2 });
        assert!(steps.summary().contains("3 passed, 0 failed, 2 skipped"));
    }

    #[test]
    fn shows_what_was_left_out() {
        let mut steps = Steps::new(Paint::for_stdout(), &[]);
        steps.run("good", || Ok(Count::one(true))).unwrap();
        steps.skip("other", "no such program");
        assert_eq!(steps.sum(), Count { passed: 1, failed: 0, skipped: 1 });
        assert!(steps.summary().contains("skipped: no such program"));
    }

    #[test]
    fn shows_what_tests_left_out() {
        let mut steps = Steps::new(Paint::for_stdout(), &[]);
        let step = || {
            left_out("a corpus (no ../shared)");
            Ok(Count::one(true))
        };
        steps.run("unit", step).unwrap();
        assert_eq!(steps.sum().skipped, 1);
        assert!(steps.summary().contains("skipped: a corpus (no ../shared)"));
    }

    #[test]
    fn runs_only_what_is_named() {
        let mut steps = Steps::new(Paint::for_stdout(), &["b".to_owned()]);
        steps.run("a", || Ok(Count::one(false))).unwrap();
        steps.run("b", || Ok(Count::one(true))).unwrap();
        assert_eq!(steps.sum(), Count::one(true));
    }
}
