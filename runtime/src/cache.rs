//! The place of installed tools: one folder outside the checkout, shared by all checkouts.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::files::{self, TempDir};
use crate::progress::{Step, say};
use crate::wait::wait_until;

/// The folder with everything that was installed.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache that the environment names: `WICKETGATE_CACHE`, else `wicketgate` in
    /// `XDG_CACHE_HOME` or `~/.cache`.
    pub fn open() -> Result<Self> {
        let variable = |name: &str| match name {
            // Without the variable, as the system knows it.
            "HOME" => std::env::home_dir().map(PathBuf::into_os_string),
            _ => std::env::var_os(name),
        };
        let Some(root) = from_environment(variable) else {
            bail!("no place to install tools: set `HOME` or `WICKETGATE_CACHE`")
        };
        Self::at(&root)
    }

    /// The cache in a given folder.
    pub fn at(root: &Path) -> Result<Self> {
        for folder in ["locks", "logs", "run"] {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).with_context(|| {
                format!("cannot make `{}`: set `WICKETGATE_CACHE` elsewhere", folder.display())
            })?;
        }
        // Absolute, because tools are started in other folders.
        let root = root.canonicalize().context("cannot resolve the cache's path")?;
        TempDir::remove_abandoned(&root.join("run"));
        Ok(Self { root })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The log file of a step.
    pub fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// A folder for one run, removed when it is dropped.
    pub fn run_folder(&self) -> Result<TempDir> {
        TempDir::inside(&self.root.join("run"))
    }

    /// The folder `entry`, installed by `install` if it isn't there. An install counts only once
    /// it is whole: its stamp is written last, and what has no stamp is removed and done again.
    /// (Not moved into place when done, because virtual environments and bundlers write their
    /// own absolute paths into what they make.) Two commands never install the same entry at
    /// once.
    pub fn install(
        &self,
        entry: &str,
        what: &str,
        install: impl FnOnce(&Path, &mut Step) -> Result<()>,
    ) -> Result<PathBuf> {
        let folder = self.root.join(entry);
        let stamp = self.stamp(entry);
        if stamp.exists() {
            touch(&stamp);
            return Ok(folder);
        }
        let lock = self.lock(entry)?;
        // Somebody else may have installed it while we waited.
        if !stamp.exists() {
            files::remove(&folder)?;
            fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make `{}`", folder.display()))?;
            let mut step = Step::begin(what);
            install(&folder, &mut step).with_context(|| format!("{what} failed"))?;
            files::write(&stamp, what)?;
            step.done();
        }
        drop(lock);
        Ok(folder)
    }

    /// Removes installed entries in the folder `group` that nobody has used for `unused`.
    pub fn prune(&self, group: &str, unused: Duration) -> Result<()> {
        let Ok(entries) = fs::read_dir(self.root.join(group)) else { return Ok(()) };
        let old = SystemTime::now() - unused;
        for entry in entries {
            let name = entry.context("cannot list the cache")?.file_name();
            let entry = format!("{group}/{}", name.to_string_lossy());
            let stamp = self.stamp(&entry);
            let used = fs::metadata(&stamp).and_then(|stamp| stamp.modified());
            if used.is_ok_and(|used| used < old) {
                let _lock = self.lock(&entry)?;
                fs::remove_file(&stamp).context("cannot remove an old entry's stamp")?;
                files::remove(&self.root.join(&entry))?;
            }
        }
        Ok(())
    }

    /// Beside the entry and not in it, so that tools find their folder as they made it.
    fn stamp(&self, entry: &str) -> PathBuf {
        self.root.join("locks").join(format!("{}.complete", entry.replace('/', "--")))
    }

    fn lock(&self, entry: &str) -> Result<File> {
        let path = self.root.join("locks").join(format!("{}.lock", entry.replace('/', "--")));
        let file =
            File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        let mut said = false;
        wait_until("another command's install", Duration::from_secs(30 * 60), || {
            match file.try_lock() {
                Ok(()) => Ok(Some(())),
                Err(TryLockError::WouldBlock) => {
                    if !said {
                        say(&format!("  waiting for another command that installs `{entry}` ..."));
                        said = true;
                    }
                    Ok(None)
                }
                Err(TryLockError::Error(error)) => Err(error).context("cannot lock the cache"),
            }
        })?;
        Ok(file)
    }
}

fn from_environment(get: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let folder = |name| get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("WICKETGATE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("wicketgate")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/wicketgate")))
}

fn touch(stamp: &Path) {
    // Only pruning looks at it: a read-only cache is still a cache.
    let _best_effort = File::open(stamp).and_then(|file| file.set_modified(SystemTime::now()));
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn cache() -> (TempDir, Cache) {
        let folder = TempDir::new().unwrap();
        let cache = Cache::at(folder.path()).unwrap();
        (folder, cache)
    }

    #[test]
    fn the_environment_names_the_folder() {
        let of = |set: &[(&str, &str)]| {
            from_environment(|name| {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
            })
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("HOME", "/h")]), Some("/h/.cache/wicketgate".into()));
        assert_eq!(of(&[("XDG_CACHE_HOME", ""), ("HOME", "/h")]), of(&[("HOME", "/h")]));
        assert_eq!(of(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), Some("/x/wicketgate".into()));
        assert_eq!(of(&[("WICKETGATE_CACHE", "/w"), ("HOME", "/h")]), Some("/w".into()));
    }

    #[test]
    fn installs_once() {
        let (_folder, cache) = cache();
        let count = AtomicU32::new(0);
        let install = || {
            cache.install("group/tool", "installing a tool", |folder, _| {
                count.fetch_add(1, Ordering::Relaxed);
                files::write(&folder.join("tool"), "content")
            })
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| install().unwrap());
            }
        });
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert_eq!(files::read(&install().unwrap().join("tool")).unwrap(), "content");
    }

    #[test]
    fn what_is_half_installed_is_done_again() {
        let (_folder, cache) = cache();
        let failed = cache.install("tool", "installing a tool", |folder, _| {
            files::write(&folder.join("half"), "")?;
            bail!("the network went away")
        });
        assert_eq!(
            format!("{:#}", failed.unwrap_err()),
            "installing a tool failed: the network went away"
        );
        let folder = cache.install("tool", "installing a tool", |_, _| Ok(())).unwrap();
        assert!(!folder.join("half").exists());
    }

    #[test]
    fn prunes_what_is_old_only() {
        let (_folder, cache) = cache();
        let install = |entry| cache.install(entry, "installing", |_, _| Ok(())).unwrap();
        let (old, new) = (install("apps/old"), install("apps/new"));
        let long_ago = SystemTime::now() - Duration::from_secs(1000);
        File::open(cache.stamp("apps/old")).unwrap().set_modified(long_ago).unwrap();
        cache.prune("apps", Duration::from_secs(500)).unwrap();
        assert!(!old.exists() && new.exists());
    }
}
