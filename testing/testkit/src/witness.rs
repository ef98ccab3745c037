//! An example origin's own account of what it did, asked for directly and not through the gate.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};
use wicketgate_runtime::http::{Client, Request};

/// An origin's report at [`PATH`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// The number of calls of each handler.
    pub handlers: BTreeMap<String, u64>,
    /// The app's state.
    pub state: Map<String, Value>,
    /// The headers of the last request that entered a handler: names in lower case, duplicates
    /// kept.
    pub last_headers: Vec<(String, String)>,
}

/// The path of the report. Every example's policy lets nobody in there, so a request for it through
/// the gate always leaves an audit line.
pub const PATH: &str = "/__witness";

impl Witness {
    /// Asks the origin.
    pub fn ask(origin: SocketAddr) -> Result<Self> {
        let response = Client::new(origin).ask(&Request::new("GET", PATH)?)?;
        if response.status != 200 {
            bail!("the origin answers {} at `{PATH}`", response.status);
        }
        serde_json::from_slice(&response.body)
            .with_context(|| format!("the origin's account at `{PATH}`"))
    }

    /// Sets the origin back to its beginning.
    pub fn reset(origin: SocketAddr) -> Result<()> {
        let request = Request::new("POST", "/__witness/reset")?.with_body("")?;
        let response = Client::new(origin).ask(&request)?;
        if response.status != 204 {
            bail!("the origin answers {} at `{PATH}/reset`", response.status);
        }
        Ok(())
    }

    /// The handlers that were entered since `before`, each as often as it was.
    pub fn entered_since(&self, before: &Self) -> Vec<String> {
        let mut entered = Vec::new();
        for (name, count) in &self.handlers {
            let earlier = before.handlers.get(name).copied().unwrap_or_default();
            entered.extend((earlier..*count).map(|_| name.clone()));
        }
        entered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn witness(handlers: &[(&str, u64)]) -> Witness {
        Witness {
            handlers: handlers.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            state: Map::new(),
            last_headers: Vec::new(),
        }
    }

    #[test]
    fn tells_what_was_entered() {
        let before = witness(&[("a", 1), ("b", 2)]);
        let after = witness(&[("a", 1), ("b", 4), ("c", 1)]);
        assert_eq!(after.entered_since(&before), ["b", "b", "c"]);
        assert!(before.entered_since(&before).is_empty());
    }
}
