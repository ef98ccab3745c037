//! The reader of a host's log: a pipe whose reader can stop reading.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, ensure};

/// A named pipe with its reader. Dropping it ends the reader, after whoever writes has ended.
#[derive(Debug)]
pub struct Sink {
    path: PathBuf,
    shared: Arc<Shared>,
    reading: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    blocked: bool,
    ended: bool,
}

impl Sink {
    /// Makes the pipe `log.pipe` in `folder` and reads it.
    pub fn start(folder: &Path) -> Result<Self> {
        let path = folder.join("log.pipe");
        let made = Command::new("mkfifo").arg(&path).status().context("no `mkfifo`")?;
        ensure!(made.success(), "cannot make a named pipe");
        let pipe = open(&path)?;
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        let reading = Some(thread::spawn(move || own.read(pipe)));
        Ok(Self { path, shared, reading })
    }

    /// The pipe, for whoever writes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads no more, so that writers wait once the pipe is full.
    pub fn block(&self) {
        self.shared.lock().blocked = true;
    }

    /// Reads again.
    pub fn unblock(&self) {
        self.shared.lock().blocked = false;
        self.shared.changed.notify_all();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        (state.ended, state.blocked) = (true, false);
        drop(state);
        self.shared.changed.notify_all();
        // Wakes the reader, which then looks at `ended`.
        let woken = open(&self.path).and_then(|mut pipe| Ok(pipe.write_all(b"\n")?));
        if let (Ok(()), Some(reading)) = (woken, self.reading.take()) {
            let _panicked = reading.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, mut pipe: File) {
        let mut chunk = [0; 4096];
        while pipe.read(&mut chunk).is_ok() {
            let state = self.changed.wait_while(self.lock(), |state| state.blocked);
            if state.unwrap_or_else(PoisonError::into_inner).ended {
                return;
            }
        }
    }
}

/// For reading and writing both: opening a pipe so waits for nobody.
fn open(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).open(path).context("cannot open a named pipe")
}
