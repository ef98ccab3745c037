//! Requests that only HTTP/2 can carry: pseudo-headers twice, in the wrong place or with any bytes.

use super::{Set, mutate, tokens};
use crate::origins::Origin;
use crate::probe::Probe;
use crate::rng::Rng;

/// Probes to be sent over HTTP/2.
pub fn http2(origin: &Origin, seed: u64, count: usize) -> Vec<Probe> {
    let mut rng = Rng::new(seed, "http2");
    let bases = origin.guarded();
    let mut all = Vec::new();
    for base in &bases {
        let base = base.as_str();
        for name in [
            ":path",
            ":authority",
            ":scheme",
            ":method",
            ":protocol",
            ":status",
            ":x",
            "host",
            ":Path",
            "",
        ] {
            for value in [base, "/pub", "x?", "GET", "http://x", "CONNECT", "websocket"] {
                all.push(Probe::get("/pub").with_header(name, value));
                all.push(Probe::get(base).with_header(name, value));
            }
            for end in ["?", "#", "", "/"] {
                for start in ["x", "http://x", "x:80", "http:"] {
                    all.push(Probe::get("/pub").with_header(name, format!("{start}{base}{end}")));
                }
            }
        }
        for byte in 0..=u8::MAX {
            for target in [
                [base.as_bytes(), &[byte]].concat(),
                [&[byte], base.as_bytes()].concat(),
                [b"/pub", &[byte][..], base.as_bytes()].concat(),
            ] {
                all.push(Probe::get(target));
            }
            let mut header = b"x-forwarded-host".to_vec();
            header.push(byte);
            all.push(Probe::get("/pub").with_header(header, base));
        }
        for split in
            ["\r\nx-attack: {id}", " HTTP/1.1\r\nHost: x\r\n\r\nGET ", "\nGET ", "\0", "\r\n\r\n"]
        {
            all.push(Probe::get(tokens::bytes(&format!("/pub{split}{base}"))));
            all.push(Probe::get("/pub").with_header("x", format!("y{split}{base}")));
            all.push(Probe::get("/pub").with_host(format!("x{split}{base}")));
            all.push(Probe::get("/pub").with_method(&format!("GET {base} HTTP/1.1{split}")));
        }
        all.push(Probe::get("/pub").with_method(&format!("GET {base}?")));
        all.push(
            Probe::get("/pub").with_method(&format!("GET {base} HTTP/1.1\r\nx: y\r\n\r\nGET")),
        );
    }
    let mut set = Set { any_byte: true, ..Set::default() };
    set.sample(all, count * 3 / 4, &mut rng);
    for _ in 0..count {
        let base = rng.below(bases.len());
        let mut target = bases[base].clone().into_bytes();
        for _ in 0..=rng.below(3) {
            target = mutate(&target, origin, &mut rng);
        }
        set.add(Probe::get(target));
    }
    set.probes.truncate(count);
    set.probes
}
