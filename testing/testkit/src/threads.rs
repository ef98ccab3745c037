//! Threads of other processes: what they have used, and where they run. Linux only.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

use wicketgate_runtime::files;

/// A thread of a process.
#[derive(Clone, Debug)]
pub struct Thread {
    id: i32,
    folder: PathBuf,
}

impl Thread {
    /// Those of a process, as they are now.
    pub fn all(process: u32) -> Result<Vec<Self>> {
        let threads = PathBuf::from(format!("/proc/{process}/task"));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&threads).context("no threads are told")? {
            let folder = entry.context("no threads are told")?.path();
            let id = folder.file_name().and_then(|id| id.to_str()?.parse().ok());
            found.push(Self { id: id.context("a thread without an id")?, folder });
        }
        Ok(found)
    }

    /// The one thread of a process that has this name.
    pub fn named(process: u32, name: &str) -> Result<Self> {
        let mut found = Self::all(process)?;
        found.retain(|thread| files::read_lossy(&thread.folder.join("comm")).trim_end() == name);
        match found.as_slice() {
            [one] => Ok(one.clone()),
            others => bail!("{} threads are named `{name}`, not one", others.len()),
        }
    }

    /// The time for which it has run on a core so far.
    pub fn cpu_time(&self) -> Result<Duration> {
        let text = files::read(&self.folder.join("schedstat"))?;
        let nanos = text.split(' ').next().and_then(|first| first.parse().ok());
        nanos.map(Duration::from_nanos).context("`schedstat` has no number")
    }

    /// The same, once it has nothing to do any more: the kernel's figure is whole only then.
    pub fn cpu_time_at_rest(&self) -> Result<Duration> {
        at_rest(|| self.cpu_time())
    }

    /// Binds it to a core.
    pub fn bind(&self, core: usize) -> Result<()> {
        bind(self.id, core)
    }
}

/// The time for which all threads of a process together have run so far, once they have nothing to
/// do any more. One that ends takes its time with it.
pub fn cpu_time_of_all_at_rest(process: u32) -> Result<Duration> {
    at_rest(|| Thread::all(process)?.iter().map(Thread::cpu_time).sum())
}

/// Binds the calling thread to a core, and with it the threads and children that it starts later.
pub fn bind_self(core: usize) -> Result<()> {
    bind(0, core)
}

/// The memory of a process that is in use (`VmRSS`), in bytes.
pub fn resident(process: u32) -> Result<u64> {
    let status = files::read(Path::new(&format!("/proc/{process}/status")))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1_024).context("no `VmRSS` is told")
}

fn at_rest(told: impl Fn() -> Result<Duration>) -> Result<Duration> {
    let mut before = told()?;
    for _ in 0..1_000 {
        thread::sleep(Duration::from_millis(1));
        let now = told()?;
        if now == before {
            return Ok(now);
        }
        before = now;
    }
    bail!("a thread does not come to rest")
}

fn bind(thread: i32, core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core).with_context(|| format!("there is no core {core}"))?;
    sched_setaffinity(Pid::from_raw(thread), &cores)
        .with_context(|| format!("cannot bind a thread to core {core}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_a_thread_has_used() {
        let (end, wait) = std::sync::mpsc::channel::<()>();
        let name = "named-thread".to_owned();
        let spawned = thread::Builder::new().name(name.clone()).spawn(move || wait.recv());
        let found =
            wicketgate_runtime::wait::wait_until("its name", Duration::from_secs(5), || {
                Ok(Thread::named(std::process::id(), &name).ok())
            });
        let found = found.unwrap();
        found.bind(0).unwrap();
        let alone = found.cpu_time_at_rest().unwrap();
        assert!(alone < Duration::from_secs(1));
        let all = Thread::all(std::process::id()).unwrap();
        assert!(all.len() > 1 && all.iter().any(|thread| thread.id == found.id));
        drop(end);
        assert!(spawned.unwrap().join().unwrap().is_err());
        assert!(Thread::named(std::process::id(), "no such name").is_err());
        assert!(resident(std::process::id()).unwrap() > 1_000_000);
    }
}
