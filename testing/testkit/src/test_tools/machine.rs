//! Tools of the machine: programs from its distribution, and apps that they run, copied and built
//! outside the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::{ask, run};
use wicketgate_runtime::files;
use wicketgate_runtime::progress::Step;

/// Returns `true` if there is a program with this name: on the path, or where Debian keeps servers,
/// which is not on everybody's.
pub fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(servers).any(|folder| folder.join(program).is_file())
}

/// Fails if there is no valgrind.
pub fn valgrind() -> Result<()> {
    match ask(Command::new("valgrind").arg("--version")) {
        Some(_) => Ok(()),
        None => {
            bail!("no `valgrind` on the path; on Debian and Ubuntu: `apt-get install valgrind`")
        }
    }
}

/// A copy of the app in `folder` with the commands `prepare` run in it. Copies with the same sources
/// are shared; those that nobody used for a week go.
pub fn copied_folder(
    cache: &Cache,
    name: &str,
    folder: &Path,
    prepare: &[Vec<String>],
) -> Result<PathBuf> {
    copied(cache, name, folder, prepare, "", |_, _, _| Ok(()))
}

/// The same, with `install` run before `prepare`; another `version` of what runs it is another copy.
pub(super) fn copied(
    cache: &Cache,
    name: &str,
    folder: &Path,
    prepare: &[Vec<String>],
    version: &str,
    install: impl FnOnce(&Path, &Path, &mut Step) -> Result<()>,
) -> Result<PathBuf> {
    let sources = files::sources(folder)?;
    let mut parts: Vec<Vec<u8>> = vec![version.as_bytes().to_vec()];
    for (relative, source) in &sources {
        parts.push(relative.as_os_str().as_encoded_bytes().to_vec());
        parts.push(std::fs::read(source)?);
    }
    parts.extend(prepare.iter().map(|command| command.join("\n").into_bytes()));
    let entry = format!("apps/{name}-{}", files::digest(parts.iter().map(Vec::as_slice)));
    cache.prune("apps", Duration::from_secs(7 * 24 * 60 * 60))?;
    cache.install(&entry, &format!("installing and building the app `{name}`"), |app, step| {
        files::copy(&sources, app)?;
        let log = cache.log(&format!("app-{name}"));
        install(app, &log, step)?;
        for command in prepare {
            let Some((program, arguments)) = command.split_first() else { continue };
            let mut command = Command::new(program);
            command.args(arguments).current_dir(app).env("NEXT_TELEMETRY_DISABLED", "1");
            run(&mut command, &log, step, "the app's own build failed: see above")?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_runtime::files::TempDir;

    #[test]
    fn a_shell_is_there() {
        assert!(is_there("sh"));
        assert!(!is_there("no-such-program"));
    }

    #[test]
    fn an_app_is_copied_and_built_once() {
        let (root, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        files::write(&folder.path().join("app"), "x").unwrap();
        let cache = Cache::at(root.path()).unwrap();
        let build = [["sh", "-c", "echo built >> log"].map(str::to_owned).to_vec()];
        let copy = || copied_folder(&cache, "app", folder.path(), &build).unwrap();
        let first = copy();
        assert_eq!(copy(), first);
        assert_eq!(files::read(&first.join("log")).unwrap(), "built\n");
        files::write(&folder.path().join("app"), "y").unwrap();
        assert_ne!(copy(), first);
    }
}
