//! Explains the checks of tokens.

use super::TokenRules;
use super::check::at;
use crate::credential::explain::{CredentialSteps, carrier};
use crate::credential::{Credentials, Kind};
use alloc::vec::Vec;

impl TokenRules {
    /// The result in each place.
    pub(crate) fn steps<'a>(&self, credentials: &mut Credentials<'a>) -> Vec<CredentialSteps<'a>> {
        let steps = |table: &_| {
            let checked = at(*table, credentials);
            CredentialSteps::new(Kind::Token, carrier(credentials.tables, *table), checked)
        };
        self.tables.iter().map(steps).collect()
    }
}
