//! Sets of addresses: sorted disjoint ranges, IPv4 with an index over the leading bits, so that
//! a look-up in ten thousand networks costs what it costs in ten.

use super::parse::{Cidr, number};
use alloc::vec::Vec;
use core::net::IpAddr;

/// A set of addresses.
#[derive(Debug, Default)]
pub(crate) struct Ranges {
    v4: V4,
    v6: Vec<(u128, u128)>,
}

impl Ranges {
    /// The union of these prefixes.
    pub(crate) fn new(cidrs: impl IntoIterator<Item = Cidr>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for cidr in cidrs {
            if cidr.is_ipv4() { v4.push(cidr.range()) } else { v6.push(cidr.range()) }
        }
        let narrow = |number: u128| u32::try_from(number).unwrap_or(u32::MAX);
        let v4 = disjoint(v4).into_iter().map(|(first, last)| (narrow(first), narrow(last)));
        Self { v4: V4::new(v4.collect()), v6: disjoint(v6) }
    }

    /// Returns `true` if the address is in the set.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => self.v4.contains(u32::from(v4)),
            IpAddr::V6(_) => {
                let address = number(address);
                let after = self.v6.partition_point(|&(first, _)| first <= address);
                after
                    .checked_sub(1)
                    .and_then(|at| self.v6.get(at))
                    .is_some_and(|&(_, last)| address <= last)
            }
        }
    }

    /// Returns `true` if every IPv4 or every IPv6 address is in the set.
    #[cfg(feature = "explain")]
    pub(crate) fn holds_a_family(&self) -> bool {
        self.v4.ranges == [(0, u32::MAX)] || self.v6 == [(0, u128::MAX)]
    }

    /// Returns `true` if an address is in both sets.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        crossing(&self.v4.ranges, &other.v4.ranges) || crossing(&self.v6, &other.v6)
    }
}

/// IPv4 ranges with an index: `starts[address >> shift]` is the first range that could hold an
/// address with these leading bits.
#[derive(Debug, Default)]
struct V4 {
    ranges: Vec<(u32, u32)>,
    starts: Vec<u32>,
    shift: u32,
}

impl V4 {
    /// At most 2^16 entries in the index: 256 KiB for the largest sets, nothing for small ones.
    const MAX_INDEX_BITS: u32 = 16;

    fn new(ranges: Vec<(u32, u32)>) -> Self {
        let bits = usize::BITS.saturating_sub(ranges.len().leading_zeros()).saturating_add(1);
        let bits = bits.clamp(1, Self::MAX_INDEX_BITS);
        let shift = 32 - bits;
        let mut starts = Vec::new();
        let mut at = 0_usize;
        for bucket in 0..(1_u32 << bits) {
            let first = bucket << shift;
            while ranges.get(at).is_some_and(|&(_, last)| last < first) {
                at += 1;
            }
            starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self { ranges, starts, shift }
    }

    fn contains(&self, address: u32) -> bool {
        let start = |bucket: u32| {
            let bucket = usize::try_from(bucket).ok()?;
            self.starts.get(bucket).and_then(|&start| usize::try_from(start).ok())
        };
        let bucket = address.checked_shr(self.shift).unwrap_or(0);
        let Some(from) = start(bucket) else { return false };
        // The range that spans into the next bucket belongs to both.
        let to =
            start(bucket.saturating_add(1)).map_or(self.ranges.len(), |to| to.saturating_add(1));
        let Some(ranges) = self.ranges.get(from..to.min(self.ranges.len())) else { return false };
        let after = ranges.partition_point(|&(first, _)| first <= address);
        after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|&(_, last)| address <= last)
    }
}

/// Sorts ranges and merges those that touch.
fn disjoint(mut ranges: Vec<(u128, u128)>) -> Vec<(u128, u128)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u128, u128)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// Returns `true` if two sorted lists of disjoint ranges have a number in common.
fn crossing<T: Copy + Ord>(a: &[(T, T)], b: &[(T, T)]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(&&(a_first, a_last)), Some(&&(b_first, b_last))) = (a.peek(), b.peek()) {
        if a_first <= b_last && b_first <= a_last {
            return true;
        }
        if a_last < b_last {
            a.next();
        } else {
            b.next();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn ranges(texts: &[&str]) -> Ranges {
        Ranges::new(texts.iter().map(|text| Cidr::parse(text).unwrap()))
    }

    fn holds(ranges: &Ranges, address: &str) -> bool {
        ranges.contains(address.parse().unwrap())
    }

    #[test]
    fn edges_of_ranges() {
        let set = ranges(&[
            "10.64.0.0/12",
            "203.0.113.7",
            "fd00:12::/32",
            "10.64.0.0/13",
            "0.0.0.0/32",
            "255.255.255.255",
        ]);
        for address in [
            "10.64.0.0",
            "10.79.255.255",
            "203.0.113.7",
            "fd00:12::",
            "fd00:12:ffff::1",
            "0.0.0.0",
            "255.255.255.255",
        ] {
            assert!(holds(&set, address), "{address}");
        }
        for address in [
            "10.63.255.255",
            "10.80.0.0",
            "203.0.113.6",
            "203.0.113.8",
            "fd00:13::",
            "fd00:11:ffff::",
            "0.0.0.1",
            "255.255.255.254",
            "::",
        ] {
            assert!(!holds(&set, address), "{address}");
        }
        assert!(!holds(&ranges(&[]), "10.0.0.1"));
        assert!(holds(&ranges(&["0.0.0.0/0"]), "10.0.0.1"));
        assert!(!holds(&ranges(&["0.0.0.0/0"]), "::1"));
    }

    #[test]
    fn the_index_agrees_with_a_plain_search() {
        let texts: Vec<_> = (0..5_000_u32)
            .map(|n| {
                let base = n.wrapping_mul(2_654_435_761) & 0xFFFF_FF00;
                format!("{}/{}", core::net::Ipv4Addr::from(base), 24 + n % 9)
            })
            .collect();
        let cidrs: Vec<_> = texts.iter().map(|text| Cidr::parse(text).unwrap()).collect();
        let set = Ranges::new(cidrs.iter().copied());
        for n in 0..5_000_u32 {
            let address = n.wrapping_mul(40_503).rotate_left(16) ^ n;
            let expected = cidrs.iter().any(|cidr| {
                let (first, last) = cidr.range();
                (first..=last).contains(&u128::from(address))
            });
            assert_eq!(set.v4.contains(address), expected, "{address:x}");
        }
    }

    #[test]
    fn overlaps() {
        assert!(ranges(&["10.0.0.0/8"]).overlaps(&ranges(&["1.0.0.0/8", "10.128.0.0/20"])));
        assert!(ranges(&["::/0"]).overlaps(&ranges(&["::1"])));
        assert!(
            !ranges(&["10.64.0.0/12", "fd00::/8"])
                .overlaps(&ranges(&["10.128.0.0/20", "fe80::/10"]))
        );
        assert!(!ranges(&[]).overlaps(&ranges(&["0.0.0.0/0"])));
    }
}
