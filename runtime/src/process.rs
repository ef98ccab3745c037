//! A child in a process group of its own, ended with the whole group by who started it.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::process_groups::groups;
use crate::{files, wait};

/// A running child. Dropping it ends its process group and reaps it.
#[derive(Debug)]
pub struct Process {
    child: Child,
    group: Pid,
    output: PathBuf,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Starts `command` without standard input, both its outputs going to the file `output`.
    pub fn start(command: &mut Command, output: &Path) -> Result<Self> {
        let file =
            File::create(output).with_context(|| format!("cannot write `{}`", output.display()))?;
        let also = file.try_clone().context("cannot duplicate a file handle")?;
        command.stdout(file).stderr(also);
        Self::start_with_outputs(command, output)
    }

    /// Starts `command` with pipes for its standard input and output, which are taken from
    /// [`Process::child`], and its errors going to the file `errors`.
    pub fn start_with_pipes(command: &mut Command, errors: &Path) -> Result<Self> {
        let file =
            File::create(errors).with_context(|| format!("cannot write `{}`", errors.display()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(file);
        Self::spawn(command, errors)
    }

    /// Starts `command` with the outputs that it has already been given; `output` is the file
    /// that [`Process::output`] reads.
    pub fn start_with_outputs(command: &mut Command, output: &Path) -> Result<Self> {
        command.stdin(Stdio::null());
        Self::spawn(command, output)
    }

    fn spawn(command: &mut Command, output: &Path) -> Result<Self> {
        // Held over the start, so that no child slips through between `spawn` and `insert`.
        let mut groups = groups();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start `{}`", command.get_program().display()))?;
        let group = Pid::from_raw(i32::try_from(child.id()).context("a process id over 2^31")?);
        groups.insert(group.as_raw());
        Ok(Self { child, group, output: output.to_owned(), ended: None })
    }

    /// The child's process id, which is also its group's.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The file with the child's output.
    pub fn output_path(&self) -> &Path {
        &self.output
    }

    /// The output of the child so far.
    pub fn output(&self) -> String {
        files::read_lossy(&self.output)
    }

    /// The child's exit status, if it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().context("cannot ask for a child's end")?;
            if self.ended.is_some() {
                self.end_rest_of_group();
            }
        }
        Ok(self.ended)
    }

    /// Asks the group to end, and makes it end if it doesn't.
    pub fn stop(&mut self) {
        if self.ended.is_some() {
            return;
        }
        self.signal(Signal::SIGTERM);
        let ended = wait::poll(PATIENCE, || self.ended().ok().flatten());
        if ended.is_none() {
            self.signal(Signal::SIGKILL);
            // Reaped here whatever `try_wait` said before: no zombie is left.
            self.ended = self.child.wait().ok();
            self.end_rest_of_group();
        }
    }

    /// Sends SIGINT to the child's group, as a terminal does on Ctrl-C.
    pub fn interrupt(&self) {
        self.signal(Signal::SIGINT);
    }

    /// Ends the rest of the group when its leader is gone: children that the child left behind.
    fn end_rest_of_group(&self) {
        self.signal(Signal::SIGKILL);
        groups().remove(&self.group.as_raw());
    }

    fn signal(&self, signal: Signal) {
        // ESRCH: the group has gone by itself, which is what was asked for.
        let _gone = killpg(self.group, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns `true` if there is a process with this id.
pub(crate) fn alive(pid: i32) -> bool {
    // EPERM: it is there, and somebody else's.
    kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH)
}

/// The time that a child has to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::TempDir;

    fn started(script: &str, folder: &TempDir) -> Process {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        Process::start(&mut command, &folder.path().join("out")).unwrap()
    }

    fn printed_id(process: &Process) -> i32 {
        wait::wait_until("a process id", Duration::from_secs(10), || {
            let text = process.output();
            Ok(text.strip_suffix('\n').map(|id| id.parse().unwrap()))
        })
        .unwrap()
    }

    #[test]
    fn captures_output_and_status() {
        let folder = TempDir::new().unwrap();
        let mut process = started("echo out; echo err >&2; exit 3", &folder);
        let status = wait::wait_until("its end", Duration::from_secs(10), || process.ended());
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(process.output(), "out\nerr\n");
    }

    #[test]
    fn dropping_ends_the_whole_group() {
        let folder = TempDir::new().unwrap();
        let process = started("sleep 600 & echo $!; wait", &folder);
        let (leader, grandchild) = (process.id().try_into().unwrap(), printed_id(&process));
        assert!(alive(leader) && alive(grandchild));
        drop(process);
        assert!(!alive(leader), "the leader is reaped, not left as a zombie");
        let gone = wait::poll(Duration::from_secs(10), || is_gone(grandchild).then_some(()));
        assert!(gone.is_some(), "the grandchild has ended");
    }

    #[test]
    fn a_leader_that_ends_takes_its_children_with_it() {
        let folder = TempDir::new().unwrap();
        let mut process = started("sleep 600 & echo $!", &folder);
        let grandchild = printed_id(&process);
        wait::wait_until("its end", Duration::from_secs(10), || process.ended()).unwrap();
        let gone = wait::poll(Duration::from_secs(10), || is_gone(grandchild).then_some(()));
        assert!(gone.is_some(), "the grandchild has ended");
    }

    /// An orphan is reaped by whoever adopts it, which in a container may be nobody: a zombie
    /// counts as gone.
    fn is_gone(pid: i32) -> bool {
        let stat = files::read_lossy(Path::new(&format!("/proc/{pid}/stat")));
        !alive(pid) || stat.contains(") Z ")
    }
}
