//! Counts within windows, four to a set, and the bytes of a stored set.

use alloc::vec::Vec;
use core::hash::Hasher as _;
use core::net::IpAddr;

/// Sets for clients. One person can be many clients: as many as they have addresses.
const CLIENTS: u16 = 4_096;

/// Sets for keys and callers of the policy, apart from clients, so that strangers can't crowd them
/// out.
const NAMED: u16 = 256;

const BUCKETS: usize = 4;

/// The name of a count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Name {
    kind: u8,
    bytes: [u8; 8],
}

impl Name {
    /// A client: an IPv4 address, or the /64 of an IPv6 address, because one site gets a whole /64.
    pub(crate) fn client(address: IpAddr) -> Self {
        let mut bytes = [0; 8];
        let (kind, from): (u8, &[u8]) = match address {
            IpAddr::V4(address) => (4, &address.octets()),
            IpAddr::V6(address) => (6, &address.octets()),
        };
        bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Self { kind, bytes }
    }

    /// A key, by its id.
    pub(crate) fn key(id: &str) -> Self {
        Self { kind: 1, bytes: hash(&[id.as_bytes()]).to_be_bytes() }
    }

    /// The calls of a caller under a rule.
    pub(crate) fn calls(caller: &str, rule: &str) -> Self {
        Self { kind: 2, bytes: hash(&[caller.as_bytes(), rule.as_bytes()]).to_be_bytes() }
    }

    /// The set that holds its count.
    pub(crate) fn set(self) -> u16 {
        let hash = hash(&[&[self.kind], &self.bytes]);
        let fold = u16::try_from((hash ^ (hash >> 32) ^ (hash >> 48)) & 0x7FFF).unwrap_or(0);
        if self.kind < 4 { CLIENTS + fold % NAMED } else { fold % CLIENTS }
    }
}

/// Hashes names of a policy, or an address, so that different lists of parts differ in the bytes
/// that are hashed.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    for part in parts {
        hasher.write(part);
        // No name contains this byte.
        hasher.write(&[0]);
    }
    hasher.finish()
}

/// The result of counting.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counted {
    /// The count in this window, with this one.
    pub(crate) count: u32,
    /// The count before this one.
    pub(crate) before: u32,
    /// The time until the window ends, in milliseconds.
    pub(crate) left: i64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Bucket {
    name: Name,
    count: u32,
    /// The end of its window, in milliseconds since 1970.
    end: i64,
}

impl Bucket {
    /// A window that ends later than one that begins now comes from a clock that was wrong.
    fn is_live(&self, now: i64, window: i64) -> bool {
        now < self.end && self.end <= now.saturating_add(window)
    }
}

/// Counts one more in a stored set, as if the count had been at least `floor` before. Returns the
/// set to store, and the count.
pub(crate) fn hit(
    kept: &[u8],
    name: Name,
    (now, window): (i64, i64),
    floor: u32,
) -> (Vec<u8>, Counted) {
    let mut buckets = decode(kept);
    let more = |count: u32| count.max(floor).saturating_add(1);
    let fresh = Bucket { name, count: more(0), end: now.saturating_add(window) };
    let mut before = 0;
    let bucket = match buckets.iter_mut().find(|bucket| bucket.name == name) {
        Some(bucket) if bucket.is_live(now, window) => {
            before = bucket.count;
            bucket.count = more(before);
            *bucket
        }
        Some(bucket) => {
            *bucket = fresh;
            fresh
        }
        None => {
            if buckets.len() >= BUCKETS {
                let least = |(_, bucket): &(usize, &Bucket)| {
                    (if bucket.end <= now { 0 } else { bucket.count }, bucket.end)
                };
                if let Some((place, _)) = buckets.iter().enumerate().min_by_key(least) {
                    buckets.swap_remove(place);
                }
            }
            buckets.push(fresh);
            fresh
        }
    };
    let left = bucket.end.saturating_sub(now);
    (encode(&buckets), Counted { count: bucket.count, before, left })
}

/// Looks a count up in a stored set, without counting.
pub(crate) fn look(kept: &[u8], name: Name, now: i64, window: i64) -> Counted {
    let mut buckets = decode(kept).into_iter();
    let live = buckets.find(|bucket| bucket.name == name && bucket.is_live(now, window));
    live.map_or_else(Counted::default, |bucket| Counted {
        count: bucket.count,
        before: bucket.count,
        left: bucket.end.saturating_sub(now),
    })
}

/// Bytes of a stored bucket: kind, name, count, end.
const LENGTH: usize = 1 + 8 + 4 + 8;

fn encode(buckets: &[Bucket]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(buckets.len().saturating_mul(LENGTH));
    for Bucket { name, count, end } in buckets {
        bytes.push(name.kind);
        bytes.extend_from_slice(&name.bytes);
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.extend_from_slice(&end.to_be_bytes());
    }
    bytes
}

/// Bytes that are no set count as an empty one: another version wrote them.
fn decode(bytes: &[u8]) -> Vec<Bucket> {
    fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
        let (first, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(*first)
    }
    let bucket = |mut bytes: &[u8]| {
        let ([kind], name) = (take(&mut bytes)?, take(&mut bytes)?);
        let (count, end) = (take(&mut bytes)?, take(&mut bytes)?);
        let name = Name { kind, bytes: name };
        Some(Bucket { name, count: u32::from_be_bytes(count), end: i64::from_be_bytes(end) })
    };
    bytes.chunks_exact(LENGTH).take(BUCKETS).filter_map(bucket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: i64 = 60_000;

    fn client(text: &str) -> Name {
        Name::client(text.parse().unwrap())
    }

    #[test]
    fn counts_within_a_window_and_forgets_after_it() {
        let name = client("203.0.113.7");
        let mut kept = Vec::new();
        for (now, count, left) in
            [(1_000, 1, 60_000), (2_000, 2, 59_000), (60_999, 3, 1), (61_000, 1, 60_000)]
        {
            let (next, counted) = hit(&kept, name, (now, WINDOW), 0);
            assert_eq!(counted, Counted { count, before: count - 1, left }, "{now}");
            assert_eq!(look(&next, name, now, WINDOW), Counted { before: count, ..counted });
            kept = next;
        }
        assert_eq!(look(&kept, name, 121_000, WINDOW), Counted::default());
        // A clock that is set back, or a window that was made shorter, begins anew.
        assert_eq!(hit(&kept, name, (500, WINDOW), 0).1.count, 1);
        assert_eq!(hit(&kept, name, (62_000, 1_000), 0).1.count, 1);
        assert_eq!(hit(&kept, name, (62_000, WINDOW), 10).1.count, 11);
    }

    #[test]
    fn a_site_is_one_client() {
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
        assert_ne!(client("10.0.0.1"), client("10.0.0.2"));
        assert_ne!(Name::calls("a", "bc"), Name::calls("ab", "c"));
    }

    #[test]
    fn the_one_that_counted_least_makes_room() {
        let many = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"].map(client);
        let mut kept = Vec::new();
        for name in [0, 0, 1, 1, 2, 3, 3] {
            kept = hit(&kept, many[name], (0, WINDOW), 0).0;
        }
        kept = hit(&kept, many[4], (1, WINDOW), 0).0;
        assert_eq!(kept.len(), BUCKETS * LENGTH);
        let counts = many.map(|name| look(&kept, name, 1, WINDOW).count);
        assert_eq!(counts, [2, 2, 0, 2, 1]);
        // One whose window is over goes before any that is live.
        let kept = hit(&kept, client("10.0.0.6"), (60_000, WINDOW), 0).0;
        assert_eq!(look(&kept, many[4], 60_000, WINDOW).count, 1);
    }

    #[test]
    fn names_of_the_policy_have_sets_of_their_own() {
        assert!(Name::key("a").set() >= CLIENTS && Name::calls("a", "b").set() < CLIENTS + NAMED);
        let sets: alloc::collections::BTreeSet<_> = (0..100_000_u32)
            .map(|n| Name::client(IpAddr::V4(n.wrapping_mul(2_654_435_761).into())).set())
            .collect();
        assert_eq!(sets.len(), usize::from(CLIENTS));
        assert!(sets.iter().all(|set| *set < CLIENTS));
    }

    #[test]
    fn what_is_no_set_counts_as_none() {
        for junk in [&[][..], &[1; 20], &[0xFF; 1_000]] {
            let (kept, counted) = hit(junk, client("::1"), (0, WINDOW), 0);
            assert_eq!(counted.count, 1);
            assert!(kept.len() <= BUCKETS * LENGTH);
        }
    }
}
