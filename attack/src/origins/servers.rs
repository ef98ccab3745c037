//! Servers from a distribution: proxies behind the gate, and those that speak CGI or its kin.

use super::Origin;

pub(super) const ORIGINS: &[Origin] = &[];
