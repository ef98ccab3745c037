//! A clock of a process's own that a test can set. The machine's stays right.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wicketgate_runtime::files;

/// A library for `LD_PRELOAD`, and the file with the seconds by which its clock is wrong.
#[derive(Clone, Debug)]
pub struct Clock {
    library: PathBuf,
    offset: PathBuf,
}

impl Clock {
    /// Builds it into `folder`, with the C compiler that rustc links with. It begins right.
    pub fn build(folder: &Path) -> Result<Self> {
        let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
        files::write(&source, include_str!("clock.c"))?;
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]);
        let output = cc.output().context("no C compiler `cc`")?;
        if !output.status.success() {
            bail!("cc: {}", String::from_utf8_lossy(&output.stderr));
        }
        let clock = Self { library, offset: folder.join("clock-offset") };
        files::write(&clock.offset, 0_i64.to_ne_bytes())?;
        Ok(clock)
    }

    /// The variables that give it to a process.
    pub fn environment(&self) -> [(String, String); 2] {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        [
            ("LD_PRELOAD".to_owned(), text(&self.library)),
            ("WICKETGATE_TEST_CLOCK".to_owned(), text(&self.offset)),
        ]
    }

    /// Makes it differ from the machine's by this many seconds from now on, in running processes
    /// too.
    pub fn differ(&self, seconds: i64) -> Result<()> {
        let file = OpenOptions::new().write(true).open(&self.offset).context("the clock's file")?;
        // In place: processes have this very file mapped.
        file.write_all_at(&seconds.to_ne_bytes(), 0).context("the clock's file")
    }
}
