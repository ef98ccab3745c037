//! A thread that does something at each interval. Envoy has no timers for filters.

use crate::guard::guarded;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The thread. It ends before this does.
pub struct Ticker {
    end: Arc<End>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct End {
    has_come: Mutex<bool>,
    comes: Condvar,
}

impl Ticker {
    /// Does this after each interval. `None` if the system has no thread left.
    pub fn start(every: Duration, mut task: impl FnMut() + Send + 'static) -> Option<Self> {
        let end = Arc::new(End::default());
        let told = Arc::clone(&end);
        let thread = Builder::new().name("wicketgate".to_owned()).spawn(move || {
            while told.wait(every) {
                // A panic is no reason not to try again.
                let _ = guarded(&mut task);
            }
        });
        Some(Self { end, thread: Mutex::new(Some(thread.ok()?)) })
    }

    /// Ends it, and returns when it has ended.
    pub fn stop(&self) {
        *self.end.has_come.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.end.comes.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticker").finish_non_exhaustive()
    }
}

impl End {
    /// Waits for an interval. Returns `false` if the end comes first.
    fn wait(&self, every: Duration) -> bool {
        let has_come = self.has_come.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.comes.wait_timeout_while(has_come, every, |has_come| !*has_come);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
