//! A policy document as a person wrote it: JSON or YAML, with the place of every value.

mod json;
mod mask;
mod places;
mod tree;
mod yaml;

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wicketgate_policy::Fault;

pub use mask::masked;
pub use places::Places;
pub use tree::{Member, Tree, Value};

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    /// Its name for people: the file's name, or `<stdin>`.
    pub name: String,
    /// The text as it stands in the file.
    pub source: String,
    /// The bytes for the gate: the file's own, or the JSON that its YAML means.
    pub json: Vec<u8>,
    /// Its values and their places. `None` if the text is neither JSON nor YAML.
    pub tree: Option<Tree>,
    /// The fault because of which there is no tree, and its place.
    pub broken: Option<(Fault, Range<usize>)>,
}

/// No policy is longer. A longer file was named by mistake.
const MAX_BYTES: u64 = 4 << 20;

impl Document {
    /// Reads a file, `-` for standard input.
    ///
    /// # Errors
    /// Only if it can't be read. Faults of its text are in [`Self::broken`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, yaml::Names::Strings)
    }

    /// Reads a file that is no policy: in YAML a name may be a number (`200:`).
    ///
    /// # Errors
    /// Only if it can't be read.
    pub fn open_loose(path: &Path) -> Result<Self> {
        Self::open_as(path, yaml::Names::Scalars)
    }

    /// The JSON for the gate, as text.
    ///
    /// # Errors
    /// If it is not UTF-8. No valid document is.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.json).with_context(|| format!("`{}` is no UTF-8", self.name))
    }

    fn open_as(path: &Path, names: yaml::Names) -> Result<Self> {
        let (name, bytes) = read(path)?;
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_yaml = match extension {
            Some("yaml" | "yml") => true,
            Some("json") => false,
            _ => !bytes.trim_ascii_start().starts_with(b"{"),
        };
        Ok(Self::parse_as(name, bytes, is_yaml, names))
    }

    /// Reads a text.
    pub fn parse(name: String, bytes: Vec<u8>, is_yaml: bool) -> Self {
        Self::parse_as(name, bytes, is_yaml, yaml::Names::Strings)
    }

    fn parse_as(name: String, bytes: Vec<u8>, is_yaml: bool, names: yaml::Names) -> Self {
        let source = String::from_utf8_lossy(&bytes).into_owned();
        let read = if is_yaml { yaml::read(&source, names) } else { json::read(&bytes, &source) };
        match read {
            Ok(tree) => {
                let json = if is_yaml { tree.to_json().into_bytes() } else { bytes };
                Self { name, source, json, tree: Some(tree), broken: None }
            }
            Err(broken) => {
                Self { name, source, json: Vec::new(), tree: None, broken: Some(broken) }
            }
        }
    }
}

/// The name and the bytes of a file, `-` for standard input.
///
/// # Errors
/// If it can't be read, or is longer than any document.
pub fn read(path: &Path) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let name = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).context("stdin")?;
        "<stdin>".to_owned()
    } else {
        let shown = path.display();
        let file = std::fs::File::open(path).with_context(|| format!("cannot read `{shown}`"))?;
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read `{shown}`"))?;
        // For a terminal: a name can hold anything.
        shown.to_string().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
    };
    if bytes.len() as u64 > MAX_BYTES {
        bail!("`{name}` is longer than {MAX_BYTES} bytes");
    }
    Ok((name, bytes))
}
