//! Counters and gauges, kept by name as Envoy's statistics are.

use std::collections::BTreeMap;

use super::state::Status;

/// Metrics by the full name that the module gave them.
#[derive(Debug, Default)]
pub struct Metrics {
    defined: Vec<(Kind, String)>,
    values: BTreeMap<String, u64>,
}

impl Metrics {
    /// The value of a metric, if it was ever defined.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.values.get(name).copied()
    }

    /// Every metric with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.values.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The number of times that a metric was defined. In Envoy each definition takes memory for
    /// good, even of a known name, so a module must not go on defining while it serves requests.
    pub fn definitions(&self) -> usize {
        self.defined.len()
    }

    pub(super) fn define(&mut self, kind: u32, name: String) -> Option<u32> {
        let kind = match kind {
            0 => Kind::Counter,
            1 => Kind::Gauge,
            2 => Kind::Histogram,
            _ => return None,
        };
        self.values.entry(name.clone()).or_default();
        self.defined.push((kind, name));
        u32::try_from(self.defined.len()).ok()
    }

    pub(super) fn increment(&mut self, id: u32, offset: i64) -> Status {
        let Some((kind, value)) = self.find(id) else { return Status::NotFound };
        match (kind, offset) {
            (Kind::Histogram, _) | (Kind::Counter, ..0) => return Status::BadArgument,
            (Kind::Counter | Kind::Gauge, _) => *value = value.saturating_add_signed(offset),
        }
        Status::Ok
    }

    pub(super) fn record(&mut self, id: u32, recorded: u64) -> Status {
        let Some((kind, value)) = self.find(id) else { return Status::NotFound };
        match kind {
            Kind::Counter => *value = value.saturating_add(recorded),
            Kind::Gauge | Kind::Histogram => *value = recorded,
        }
        Status::Ok
    }

    pub(super) fn get(&mut self, id: u32) -> Option<u64> {
        self.find(id).map(|(_, value)| *value)
    }

    fn find(&mut self, id: u32) -> Option<(Kind, &mut u64)> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        let (kind, name) = self.defined.get(index)?;
        Some((*kind, self.values.get_mut(name)?))
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}
