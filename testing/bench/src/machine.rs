//! The machine that is measured on, and what is measured with.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::command::ask;
use wicketgate_runtime::files;

use wicketgate_testkit::checkout::Checkout;

/// The core for what is measured, and the one for everything else.
pub(super) fn cores() -> Result<(usize, usize)> {
    let count = std::thread::available_parallelism().context("no cores are told")?.get();
    if count < 2 {
        bail!("at least two cores are needed: one for what is measured, one for who asks it");
    }
    Ok((0, 1))
}

/// A description of the machine.
pub(super) fn machine() -> String {
    let text = files::read_lossy(Path::new("/proc/cpuinfo"));
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, |count| count.get());
    let kernel = files::read_lossy(Path::new("/proc/sys/kernel/osrelease"));
    let kernel = kernel.trim().split('-').next().unwrap_or_default();
    format!("{model}, {cores} cores, Linux {kernel}, {}", std::env::consts::ARCH)
}

/// The versions of the compiler and of the checkout.
pub(super) fn versions(checkout: &Checkout) -> Vec<(String, String)> {
    let mut git = Command::new("git");
    git.current_dir(&checkout.root).args(["describe", "--always", "--dirty", "--abbrev=12"]);
    let rustc = told(Command::new("rustc").arg("--version"));
    let rustc = rustc.split(' ').nth(1).unwrap_or("unknown").to_owned();
    vec![("rustc".to_owned(), rustc), ("wicketgate".to_owned(), told(&mut git))]
}

/// The output of a command.
pub(super) fn told(command: &mut Command) -> String {
    ask(command).unwrap_or_default().trim().to_owned()
}
