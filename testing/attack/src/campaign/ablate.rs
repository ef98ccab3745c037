//! Attacks the core alone, with a piece of it switched off.

use anyhow::Result;
use wicketgate_runtime::interrupt;
use wicketgate_testkit::origin::Installed;

use super::{Plan, start};
use crate::ablation;
use crate::finding::Finding;
use crate::judge::Judge;
use crate::ledger::Ledger;
use crate::origins::{Form, Origin};

impl Plan {
    /// For each of `pieces` that the core can do without: how many probes ran a guarded handler for
    /// what the core then forwards, and one of them. `None` first: nothing switched off.
    pub fn ablate(
        &self,
        origin: &Origin,
        installed: &Installed,
        pieces: &[String],
    ) -> Result<Vec<(Option<String>, Vec<Finding>)>> {
        let folder = self.cache.run_folder()?;
        let mut ledger = Ledger::new(folder.path())?;
        let running = start(installed, folder.path(), &ledger)?;
        let (probes, live) = self.live(origin, running.address(), &mut ledger)?;
        let mut found = Vec::new();
        for piece in std::iter::once(None).chain(pieces.iter().map(Some)) {
            interrupt::check()?;
            ablation::switch_off(piece.map(String::as_str).as_slice())?;
            let gate = Judge::core(origin, Form::Unmatched)?;
            let ran = self.forward(origin, running.address(), &mut ledger, &gate, &probes, &live);
            ablation::switch_off(&[])?;
            found.push((piece.cloned(), ran?));
        }
        Ok(found)
    }
}
