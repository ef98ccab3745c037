//! The values of a policy's variables: files in a folder, or Envoy's environment.
//!
//! An environment can't change while Envoy runs, but a file can: a mounted Secret of Kubernetes, a
//! file that an agent of a vault writes.

use crate::ticker::Ticker;
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fmt, fs};
use wicketgate_policy::{Document, Environment, Host};

/// The variable of Envoy's environment that names the folder.
pub const FOLDER: &str = "WICKETGATE_SECRETS_DIR";

/// The time from one look at the folder to the next.
const INTERVAL: Duration = Duration::from_secs(1);

/// More than any secret or key set needs, so that a wrong file does not fill Envoy's memory.
const LONGEST: u64 = 1 << 20;

/// The place of the variables.
#[derive(Clone, Debug)]
pub struct Secrets {
    folder: Option<PathBuf>,
}

/// A file that can't be read.
#[derive(Debug)]
pub struct Unreadable {
    path: PathBuf,
    error: io::Error,
}

impl Unreadable {
    /// A number for what is wrong, as [`Variables::stamp`] is one for what was read.
    pub fn stamp(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.to_string().hash(&mut hasher);
        hasher.finish()
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}` (`{FOLDER}`): {}", self.path.display(), self.error)
    }
}

/// The variables that a document names, with their values.
pub struct Variables {
    /// The values, for the document.
    pub environment: Environment,
    /// A number that differs if a value does.
    pub stamp: u64,
}

impl Secrets {
    /// As Envoy's environment says.
    pub fn of_envoy() -> Self {
        Self { folder: env::var_os(FOLDER).map(PathBuf::from) }
    }

    /// The variables that a document names. A file in the folder goes before a variable of Envoy's
    /// environment.
    ///
    /// # Errors
    /// If the folder or a file in it is there and can't be read.
    pub fn variables(&self, document: &Document) -> Result<Variables, Unreadable> {
        if let Some(folder) = &self.folder {
            fs::metadata(folder).map_err(|error| Unreadable { path: folder.clone(), error })?;
        }
        let mut environment = Environment::new(Host::Envoy);
        let mut hasher = DefaultHasher::new();
        for variable in document.variables() {
            let name = variable.name.as_str();
            let value = match self.file(name)? {
                Some(value) => Some(value),
                None => env::var_os(name).map(|value| value.into_encoded_bytes()),
            };
            (name, &value).hash(&mut hasher);
            if let Some(value) = value {
                environment = environment.with(name, value);
            }
        }
        Ok(Variables { environment, stamp: hasher.finish() })
    }

    /// Does this at each interval, if there is a folder to look at. `Err` if the system has no
    /// thread left.
    pub fn watch(&self, look: impl FnMut() + Send + 'static) -> Result<Option<Ticker>, ()> {
        match self.folder {
            Some(_) => Ticker::start(INTERVAL, look).map(Some).ok_or(()),
            None => Ok(None),
        }
    }

    /// The file with a variable's name; `None` if there is none.
    fn file(&self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(folder) = &self.folder else { return Ok(None) };
        // A name that is no variable's is a fault of the policy, and leads to no file elsewhere.
        if Path::new(name).file_name() != Some(OsStr::new(name)) {
            return Ok(None);
        }
        let path = folder.join(name);
        match read(&path) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Unreadable { path, error }),
        }
    }
}

/// A file without the line end that editors and `echo` put after a secret.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut value = Vec::new();
    fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut value)?;
    if value.len() as u64 > LONGEST {
        return Err(io::Error::other("more than 1 MiB"));
    }
    if value.ends_with(b"\n") {
        value.pop();
        if value.ends_with(b"\r") {
            value.pop();
        }
    }
    Ok(value)
}
