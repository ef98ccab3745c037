//! A real browser.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::{ask, run};
use wicketgate_runtime::progress::Step;

use super::machine::is_there;

/// The browser: `CHROMIUM_BIN` if it is set, else one on the path. An absolute path, as those who
/// start it ask for one.
pub fn find_chromium() -> Option<PathBuf> {
    let chosen = std::env::var_os("CHROMIUM_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let on_path = names.into_iter().flat_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).collect::<Vec<_>>()
    });
    let runs = |binary: &PathBuf| ask(Command::new(binary).arg("--version")).is_some();
    let found = chosen.into_iter().chain(on_path.filter(|file| file.is_file())).find(runs)?;
    std::path::absolute(found).ok()
}

/// The same, or else Debian's package, installed for the whole machine: only where the user is root,
/// as in a container, and may do so.
///
/// # Errors
/// If there is none, and none can be installed.
pub fn chromium(cache: &Cache) -> Result<PathBuf> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    if is_there("apt-get") && ask(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
        let mut step = Step::begin("installing Debian's package chromium, by apt-get");
        let log = cache.log("chromium");
        let mut apt = |words: &[&str]| {
            let mut command = Command::new("apt-get");
            command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
            run(&mut command, &log, &mut step, "try the same command by hand")
        };
        apt(&["update"])?;
        apt(&["install", "--yes", "--no-install-recommends", "chromium"])?;
        step.done();
    }
    match find_chromium() {
        Some(found) => Ok(found),
        None => bail!(
            "no `chromium` on the path, and no CHROMIUM_BIN; on Debian: `apt-get install chromium`"
        ),
    }
}
