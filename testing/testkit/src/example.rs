//! `examples/<name>/`: a policy, an origin and a request table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::signer::SigningKey;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wicketgate_runtime::files;

/// An example, read from its folder.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its folder.
    pub folder: PathBuf,
    /// The content of `example.json`.
    pub about: About,
    /// The text of `policy.json`.
    pub policy: String,
}

/// The file `example.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The folder's name.
    pub name: String,
    /// One line for people.
    pub about: String,
    /// The way to start the origin.
    pub origin: OriginSpec,
    /// Secrets that are made afresh for each run and given to Envoy.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Those of them that the origin gets too.
    #[serde(default)]
    pub origin_secrets: Vec<String>,
    /// Keys that the run's issuer signs the table's tokens with.
    #[serde(default)]
    pub signing_keys: BTreeMap<String, SigningKey>,
    /// Other variables for Envoy's environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// The way to start an origin.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginSpec {
    /// Its runtime.
    pub runtime: Runtime,
    /// For Python: the requirements file, relative to the example.
    pub requirements: Option<String>,
    /// Unless for Python: commands to run once after packages are installed, the build for one.
    #[serde(default)]
    pub prepare: Vec<Vec<String>>,
    /// The command, in which `{python}` and `{port}` are replaced.
    pub command: Vec<String>,
    /// The folder of the app, relative to the example.
    pub directory: String,
    /// The path that answers once it is up.
    pub ready: String,
}

/// The runtime of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    /// A virtual environment with the packages of a requirements file.
    Python,
    /// A copy of the app with its packages installed.
    Node,
    /// A copy of the app as it is, with programs that the machine has.
    Machine,
}

impl Example {
    /// The example `name` of the checkout `root`.
    pub fn load(root: &Path, name: &str) -> Result<Self> {
        let folder = root.join("examples").join(name);
        if !folder.join("example.json").exists() {
            bail!("no example `{name}`: there are {}", Self::names(root)?.join(", "));
        }
        let about: About = read_json(&folder.join("example.json"))?;
        about.check(name).with_context(|| folder.join("example.json").display().to_string())?;
        let policy = files::read(&folder.join("policy.json"))?;
        Ok(Self { folder, about, policy })
    }

    /// The names of all examples of the checkout `root`.
    pub fn names(root: &Path) -> Result<Vec<String>> {
        let folder = root.join("examples");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder)
            .with_context(|| format!("cannot list `{}`", folder.display()))?
        {
            let entry = entry.context("cannot list the examples")?;
            if entry.path().join("example.json").exists() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

impl About {
    fn check(&self, folder: &str) -> Result<()> {
        if self.name != folder {
            bail!("the name `{}` is not that of the folder, `{folder}`", self.name);
        }
        if let Some(name) = self.origin_secrets.iter().find(|name| !self.secrets.contains(name)) {
            bail!("origin_secrets: `{name}` is not among the secrets");
        }
        let mut taken: BTreeSet<&str> = self.secrets.iter().map(String::as_str).collect();
        for variable in self.signing_keys.values().filter_map(|key| key.pem_env.as_deref()) {
            if !taken.insert(variable) {
                bail!("signing_keys: `{variable}` is something else as well");
            }
        }
        if self.origin.command.is_empty() {
            bail!("origin.command: nothing to run");
        }
        if self.origin.runtime == Runtime::Python && self.origin.requirements.is_none() {
            bail!("origin.requirements: a Python origin needs them");
        }
        Ok(())
    }
}

/// Reads a JSON file; errors name the file and the place in it.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    serde_json::from_str(&files::read(path)?).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wicketgate_runtime::files::TempDir;

    const GOOD: &str = r#"{
        "name": "jobs", "about": "jobs on something",
        "origin": { "runtime": "python", "requirements": "requirements.txt",
                    "command": ["{python}", "app.py", "{port}"], "directory": ".", "ready": "/" },
        "secrets": ["TOKEN"]
    }"#;

    fn load(about: &str) -> Result<Example> {
        let root = TempDir::new().unwrap();
        let folder = root.path().join("examples/jobs");
        std::fs::create_dir_all(&folder).unwrap();
        files::write(&folder.join("example.json"), about).unwrap();
        files::write(&folder.join("policy.json"), "{}").unwrap();
        assert_eq!(Example::names(root.path()).unwrap(), ["jobs"]);
        Example::load(root.path(), "jobs")
    }

    fn error(about: &str) -> String {
        let error = format!("{:#}", load(about).unwrap_err());
        error.split_once("example.json: ").unwrap().1.to_owned()
    }

    #[test]
    fn loads() {
        let example = load(GOOD).unwrap();
        assert_eq!(example.about.secrets, ["TOKEN"]);
        assert_eq!(example.policy, "{}");
    }

    #[test]
    fn faults_name_their_place() {
        assert!(error(&GOOD.replace("\"ready\"", "\"raedy\"")).contains("unknown field `raedy`"));
        assert!(error(&GOOD.replace("\"ready\"", "\"raedy\"")).contains("line 4 column"));
        assert_eq!(
            error(&GOOD.replace("\"jobs\"", "\"job\"")),
            "the name `job` is not that of the folder, `jobs`"
        );
        assert_eq!(
            error(&GOOD.replace("\"secrets\"", "\"origin_secrets\"")),
            "origin_secrets: `TOKEN` is not among the secrets"
        );
    }

    #[test]
    fn an_unknown_name_lists_those_there_are() {
        let root = TempDir::new().unwrap();
        std::fs::create_dir_all(root.path().join("examples/jobs")).unwrap();
        files::write(&root.path().join("examples/jobs/example.json"), GOOD).unwrap();
        let error = Example::load(root.path(), "cron").unwrap_err();
        assert_eq!(error.to_string(), "no example `cron`: there are jobs");
    }
}
