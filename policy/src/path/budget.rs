//! The bound on the work for one request, during which a worker does nothing else.

/// The request needs more work than any lawful one. The parts that were not looked at could be
/// guarded, so it counts as guarded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooComplex;

/// The rest of the work that a request may cause, for everything that it asks for: its target, the
/// targets in its query, and the aliases of all of them.
#[derive(Debug)]
pub(crate) struct Budget {
    readings: usize,
    bytes: usize,
}

/// Readings of all targets of a request together. Lawful requests have fewer than 20.
const MAX_READINGS: usize = 100;

/// Bytes of all these readings and of their aliases together. An object key of 1,024 bytes, each
/// percent-encoded twice, still fits.
const MAX_BYTES: usize = 32 * 1_024;

impl Budget {
    /// The whole budget.
    pub(crate) const fn new() -> Self {
        Self { readings: MAX_READINGS, bytes: MAX_BYTES }
    }

    /// Charges one more reading of so many bytes.
    pub(crate) fn reading(&mut self, bytes: usize) -> Result<(), TooComplex> {
        self.readings = self.readings.checked_sub(1).ok_or(TooComplex)?;
        self.charge(bytes)
    }

    /// Charges so many bytes to look at.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), TooComplex> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(TooComplex)?;
        Ok(())
    }

    /// The bytes that may still be looked at.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        let mut budget = Budget::new();
        assert_eq!(budget.charge(MAX_BYTES + 1), Err(TooComplex));
        assert_eq!(budget.charge(MAX_BYTES - 1), Ok(()));
        assert_eq!((budget.bytes(), budget.reading(2)), (1, Err(TooComplex)));
        let mut budget = Budget::new();
        assert!((0..MAX_READINGS).all(|_| budget.reading(1).is_ok()));
        assert_eq!(budget.reading(0), Err(TooComplex));
    }
}
