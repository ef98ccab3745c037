//! Which ABI the Envoy has that loads this module.
//!
//! Envoy compares the module's version with its own and goes on, with a warning, if they differ. It
//! does not tell a module its own version. But the version is a text in its program, so this looks
//! there, once, while the module is being loaded. (A function that Envoy lacks is another matter:
//! the module is linked so that all are looked up while it is loaded, and then it is not loaded.)

use std::ffi::CStr;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};

/// The result of the search.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// The version that the module was made for.
    Same,
    /// Others, or none at all.
    Others(Vec<String>),
}

/// What is wrong with the program that loads the module.
#[derive(Debug)]
pub enum Fault {
    /// It has another ABI.
    Other(Vec<String>),
    /// It can't be read.
    Unreadable(io::Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = own().to_string_lossy();
        match self {
            Self::Other(found) => {
                write!(f, "this Envoy does not have the ABI `{own}`, for which it was made")?;
                match found.join("`, `") {
                    found if found.is_empty() => Ok(()),
                    found => write!(f, " (versions in its program: `{found}`)"),
                }
            }
            Self::Unreadable(error) => {
                write!(
                    f,
                    "cannot read the program of this Envoy to see if its ABI is `{own}`: {error}"
                )
            }
        }
    }
}

/// The version that the module was made for; in a test's build the one that the test names.
pub fn own() -> &'static CStr {
    #[cfg(feature = "faults")]
    if let Some(version) = crate::fault::version() {
        return version;
    }
    crate::abi::VERSION
}

/// Looks at the program of this process.
///
/// # Errors
/// If it has another ABI, or can't be read.
pub fn check() -> Result<(), Fault> {
    let program = File::open(PROGRAM).map_err(Fault::Unreadable)?;
    match search(BufReader::with_capacity(CHUNK, program)).map_err(Fault::Unreadable)? {
        Found::Same => Ok(()),
        Found::Others(found) => Err(Fault::Other(found)),
    }
}

/// Looks for a whole text of the form `v0.2.0`, a zero byte on either side.
///
/// # Errors
/// If the program can't be read.
pub fn search(mut program: impl Read) -> io::Result<Found> {
    let own = own().to_bytes();
    let mut others = Vec::new();
    // The end of one part is looked at again with the next, for a text may lie across.
    let mut part = vec![0; CHUNK + LONGEST];
    let mut kept = 0;
    while let Some(room) = part.get_mut(kept..) {
        let read = program.read(room)?;
        if read == 0 {
            break;
        }
        let end = kept + read;
        let texts = part.get(..end).unwrap_or_default().split(|byte| *byte == 0);
        // The last one goes on in the next part.
        let mut last = 0;
        let mut ended = texts.peekable();
        while let Some(text) = ended.next() {
            if ended.peek().is_none() {
                last = text.len();
            } else if text == own {
                return Ok(Found::Same);
            } else if is_version(text) {
                let text = String::from_utf8_lossy(text).into_owned();
                if !others.contains(&text) && others.len() < MOST {
                    others.push(text);
                }
            }
        }
        // A text that is longer than any version is none; its end must not be taken for one.
        let from = end - last.min(LONGEST);
        part.copy_within(from..end, 0);
        kept = end - from;
    }
    Ok(Found::Others(others))
}

/// `v`, and three numbers with dots between.
fn is_version(text: &[u8]) -> bool {
    let Some(numbers) = text.strip_prefix(b"v").filter(|rest| rest.len() < LONGEST) else {
        return false;
    };
    let mut count = 0;
    numbers.split(|byte| *byte == b'.').all(|number| {
        count += 1;
        !number.is_empty() && number.iter().all(u8::is_ascii_digit)
    }) && count == 3
}

const PROGRAM: &str = "/proc/self/exe";
const CHUNK: usize = 1 << 18;
/// The longest text that may be a version, and the most that are named in a message.
const LONGEST: usize = 16;
const MOST: usize = 8;
