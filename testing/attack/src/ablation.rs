//! Switching off pieces of the core, to see what the attack then finds.
//!
//! Only a build with `--cfg wicketgate_without` can: in every other the core has no such switch.

use anyhow::{Result, bail};

/// The names of the core's pieces, none where this build can't switch them off.
#[cfg(wicketgate_without)]
pub fn pieces() -> Option<Vec<String>> {
    Some(wicketgate_policy::ablate::names())
}

/// The names of the core's pieces, none where this build can't switch them off.
#[cfg(not(wicketgate_without))]
pub fn pieces() -> Option<Vec<String>> {
    None
}

/// Switches off the named pieces, and everything else on. Policies that are loaded before keep what
/// they have.
pub fn switch_off(names: &[&str]) -> Result<()> {
    let Some(all) = pieces() else { bail!("this build has no switch") };
    match names.iter().find(|name| all.iter().all(|known| known != *name)) {
        Some(unknown) => bail!("no piece `{unknown}`: there are {}", all.join(", ")),
        None => {
            switch(names);
            Ok(())
        }
    }
}

#[cfg(wicketgate_without)]
fn switch(names: &[&str]) {
    wicketgate_policy::ablate::switch_off(names);
}

#[cfg(not(wicketgate_without))]
fn switch(_: &[&str]) {}

#[cfg(all(test, not(wicketgate_without)))]
mod tests {
    use super::*;

    #[test]
    fn what_ships_has_no_switch() {
        assert_eq!(pieces(), None);
        assert!(switch_off(&[]).is_err());
    }
}
