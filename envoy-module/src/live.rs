//! A policy that is in force, and is read anew when a file with a secret changes.

use crate::logging;
use crate::secrets::{Secrets, Unreadable, Variables};
use crate::signature::BY_HOST;
use crate::ticker::Ticker;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use wicketgate_policy::{Document, Faults, Policy};

/// The policy of one configuration, with the secrets that are good now.
#[derive(Debug)]
pub struct Live {
    state: Arc<State>,
    ticker: Option<Ticker>,
}

#[derive(Debug)]
struct State {
    policy: Mutex<Arc<Policy>>,
    /// A number for the policy: another one whenever it is replaced.
    edition: AtomicU64,
}

/// Why a policy can't be in force.
#[derive(Debug)]
pub enum Refusal {
    /// The document, or a secret.
    Faults(Faults),
    /// A file with a secret.
    Unreadable(Unreadable),
    /// The system has no thread left to look at the files.
    NoThread,
}

impl fmt::Display for Refusal {
    /// A line for each fault.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                write!(f, "number of faults: {}", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
            }
            Self::Unreadable(unreadable) => unreadable.fmt(f),
            Self::NoThread => f.write_str("the system gives no thread to look at secrets by"),
        }
    }
}

impl Live {
    /// Reads a document and its secrets. If those are files, they are looked at again each second.
    ///
    /// # Errors
    /// If the policy can't be in force.
    pub fn load(json: &[u8]) -> Result<Self, Refusal> {
        let secrets = Secrets::of_envoy();
        let (policy, stamp) = read(json, &secrets)?;
        let policy = Mutex::new(Arc::new(policy));
        let state = Arc::new(State { policy, edition: AtomicU64::new(0) });
        let ticker = {
            let (state, secrets, mut stamp) = (Arc::clone(&state), secrets.clone(), stamp);
            let json: Box<[u8]> = json.into();
            secrets.clone().watch(move || stamp = state.look(&json, &secrets, stamp))
        };
        Ok(Self { state, ticker: ticker.map_err(|()| Refusal::NoThread)? })
    }

    /// The policy as it is now.
    pub fn now(&self) -> Arc<Policy> {
        Arc::clone(&self.state.policy.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its number. Whoever has the policy of another number asks for the one that is good [`now`].
    ///
    /// [`now`]: Self::now
    pub fn edition(&self) -> u64 {
        self.state.edition.load(Ordering::Acquire)
    }

    /// Looks at no file any more, and returns when that is so.
    pub fn rest(&self) {
        if let Some(ticker) = &self.ticker {
            ticker.stop();
        }
    }
}

impl State {
    /// Takes what the files hold now, if it differs from what they held, and returns its stamp. If
    /// the policy can't be in force with it, the log says why, and what was good stays good.
    fn look(&self, json: &[u8], secrets: &Secrets, held: u64) -> u64 {
        let document = match Document::parse(json) {
            Ok(document) => document,
            // It could be read once, and is the same.
            Err(_) => return held,
        };
        let Variables { environment, stamp } = match secrets.variables(&document) {
            Ok(variables) => variables,
            Err(unreadable) => {
                // Told once, and not each second.
                let stamp = unreadable.stamp();
                if stamp != held {
                    logging::error(&format!("secrets stay as they were: {unreadable}"));
                }
                return stamp;
            }
        };
        if stamp == held {
            return held;
        }
        match document.compile(&environment.with_signatures(BY_HOST)) {
            Ok(policy) => {
                *self.policy.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
                self.edition.fetch_add(1, Ordering::Release);
                logging::note("secrets have changed, and are in force");
            }
            Err(faults) => {
                logging::error(&format!(
                    "secrets have changed and are refused, those before stay in force, {}",
                    Refusal::Faults(faults)
                ));
            }
        }
        stamp
    }
}

fn read(json: &[u8], secrets: &Secrets) -> Result<(Policy, u64), Refusal> {
    let document = Document::parse(json).map_err(Refusal::Faults)?;
    let Variables { environment, stamp } =
        secrets.variables(&document).map_err(Refusal::Unreadable)?;
    let policy = document.compile(&environment.with_signatures(BY_HOST));
    Ok((policy.map_err(Refusal::Faults)?, stamp))
}
