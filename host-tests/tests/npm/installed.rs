//! A project that has the package installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wicketgate_host_tests::built;
use wicketgate_runtime::files::{self, TempDir};
use wicketgate_testkit::npm_build::{NAME, PACKAGE};

/// The project's folder, removed in the end.
pub(crate) struct Installed {
    project: TempDir,
}

impl Installed {
    /// Builds, packs and unpacks the package, as `npm publish` and `npm install` do.
    pub(crate) fn new() -> Result<Self> {
        let package = built::path(&PACKAGE)?;
        let project = TempDir::new()?;
        let folder = project.path();
        let mut pack = Command::new("npm");
        pack.args(["pack", "--silent", "--pack-destination"]).arg(folder).current_dir(&package);
        let archive = run(&mut pack)?;
        run(Command::new("tar").arg("-xzf").arg(archive.trim()).current_dir(folder))?;
        let modules = folder.join("node_modules");
        std::fs::create_dir(&modules)?;
        std::fs::rename(folder.join("package"), modules.join(NAME))?;
        // So that a `.js` file beside it is an ES module, as in a new project.
        files::write(&folder.join("package.json"), r#"{ "type": "module" }"#)?;
        Ok(Self { project })
    }

    /// The project.
    pub(crate) fn project(&self) -> &Path {
        self.project.path()
    }

    /// The package in it.
    pub(crate) fn package(&self) -> PathBuf {
        self.project.path().join("node_modules").join(NAME)
    }

    /// The output of Node for a script in the project.
    pub(crate) fn node(&self, name: &str, script: &str, arguments: &[&str]) -> Result<String> {
        files::write(&self.project.path().join(name), script)?;
        run(Command::new("node").arg(name).args(arguments).current_dir(self.project.path()))
    }
}

/// The output of a command. If the command fails, an error with everything that it printed.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("cannot run `{program}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("`{program}` failed:\n{text}{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(text)
}
