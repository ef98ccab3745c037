//! Keys at addresses: one thread fetches them for all workers, Envoy's main thread.
//!
//! A request that waits leaves word at the desk of its configuration, which wakes the main thread.
//! That fetches, shares what it got, and wakes every request that waits, each on its own worker.

use crate::abi::{self, EnvoyPtr};
use crate::ticker::Ticker;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use wicketgate_policy::jwt::KeyDemand;

/// The desk of one configuration.
pub struct Desk {
    lines: Mutex<Lines>,
    main: Arc<Main>,
    clock: Ticker,
}

#[derive(Default)]
struct Lines {
    wanted: Vec<KeyDemand>,
    /// The streams that wait, by their addresses in Envoy.
    waiting: Vec<(usize, Waker)>,
}

/// Wakes the main thread for a configuration: its scheduler.
struct Main(EnvoyPtr);

/// Wakes a stream.
struct Waker(EnvoyPtr);

// SAFETY: the header lets any thread commit to a scheduler. It is deleted by whoever drops it last,
// when nobody can commit any more.
unsafe impl Send for Main {}
// SAFETY: the same.
unsafe impl Sync for Main {}
// SAFETY: the same.
unsafe impl Send for Waker {}

/// The time from one look at what is due to the next.
const INTERVAL: Duration = Duration::from_secs(1);

impl Desk {
    /// Opens the desk of a configuration, on the thread that makes it. `None` if the system has no
    /// thread left for its clock.
    pub fn open(config: EnvoyPtr) -> Option<Self> {
        // SAFETY: `config` is the configuration that Envoy is making.
        let scheduler =
            unsafe { abi::envoy_dynamic_module_callback_http_filter_config_scheduler_new(config) };
        let main = Arc::new(Main(scheduler));
        let waker = Arc::clone(&main);
        let clock = Ticker::start(INTERVAL, move || waker.wake())?;
        main.wake();
        Some(Self { lines: Mutex::default(), main, clock })
    }

    /// A request waits for keys.
    pub fn wait(&self, stream: EnvoyPtr, demand: KeyDemand) {
        // SAFETY: the stream has not ended.
        let waker =
            Waker(unsafe { abi::envoy_dynamic_module_callback_http_filter_scheduler_new(stream) });
        let mut lines = self.lines();
        lines.wanted.push(demand);
        lines.waiting.retain(|(other, _)| *other != stream as usize);
        lines.waiting.push((stream as usize, waker));
        drop(lines);
        self.main.wake();
    }

    /// A stream has ended, or goes on.
    pub fn leave(&self, stream: EnvoyPtr) {
        self.lines().waiting.retain(|(other, _)| *other != stream as usize);
    }

    /// Ends its clock, so that nothing of the module runs when Envoy has dropped the configuration.
    pub fn close(&self) {
        self.clock.stop();
    }

    /// Fetches what is wanted, then wakes the requests that wanted it: on the main thread. Those that
    /// come meanwhile are woken the next time, when theirs has been fetched too.
    pub fn serve(&self, fetch: impl FnOnce(&[KeyDemand])) {
        let mut lines = self.lines();
        let wanted = std::mem::take(&mut lines.wanted);
        let waiting: Vec<usize> = lines.waiting.iter().map(|(stream, _)| *stream).collect();
        drop(lines);
        fetch(&wanted);
        for (stream, waker) in &self.lines().waiting {
            if waiting.contains(stream) {
                waker.wake();
            }
        }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        // Each change is a single step, so a panic elsewhere leaves nothing half done.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Main {
    fn wake(&self) {
        // SAFETY: the scheduler lives as long as this does, and any thread may commit.
        unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_scheduler_commit(self.0, 0)
        };
    }
}

impl Drop for Main {
    fn drop(&mut self) {
        // SAFETY: it was made in `Desk::open`, and nobody can commit any more.
        unsafe { abi::envoy_dynamic_module_callback_http_filter_config_scheduler_delete(self.0) };
    }
}

impl Waker {
    fn wake(&self) {
        // SAFETY: the scheduler lives as long as this does. If the stream has ended, nothing happens.
        unsafe { abi::envoy_dynamic_module_callback_http_filter_scheduler_commit(self.0, 0) };
    }
}

impl Drop for Waker {
    fn drop(&mut self) {
        // SAFETY: it was made in `Desk::wait`, and nobody else has it.
        unsafe { abi::envoy_dynamic_module_callback_http_filter_scheduler_delete(self.0) };
    }
}
