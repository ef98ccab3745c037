//! Frameworks that must be built, or that run on what a machine has from its distribution.

use super::Origin;

pub(super) const ORIGINS: &[Origin] = &[];
