//! `cargo xtask attack --ablation`: what the attack finds with each piece of the core switched off.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use wicketgate_attack::ablation::pieces;
use wicketgate_attack::campaign::Plan;
use wicketgate_attack::finding::Finding;
use wicketgate_attack::origins::Origin;
use wicketgate_runtime::interrupt;
use wicketgate_runtime::progress::say;
use wicketgate_testkit::checkout::Checkout;

use crate::steps::Count;

/// Builds these commands once more, with a core whose pieces can be switched off, and runs the same
/// command line with them. Returns `true` on success.
pub(super) fn in_a_build_with_switches(checkout: &Checkout) -> Result<bool> {
    let mut cargo = checkout.cargo();
    cargo.args(["run", "--quiet", "--package", "xtask"]);
    cargo.args(["--config", "build.rustflags=['--cfg', 'wicketgate_without']"]);
    cargo.arg("--target-dir").arg(checkout.target_dir().join("attack-without"));
    cargo.arg("--").args(std::env::args_os().skip(1)).env_remove("RUSTFLAGS");
    say("  building a core whose pieces can be switched off ...");
    Ok(cargo.status()?.success())
}

/// Returns `true` if this is that build.
pub(super) fn has_switches() -> bool {
    pieces().is_some()
}

/// Prints the table. With nothing switched off, nothing may be found; with a piece off, something
/// must be, on one of the origins.
pub(super) fn table(plan: &Plan, origins: &[&Origin], only: &[String]) -> Result<Count> {
    let Some(all) = pieces() else { bail!("this build has no switches") };
    let pieces: Vec<String> =
        all.into_iter().filter(|piece| only.is_empty() || only.contains(piece)).collect();
    let mut found: BTreeMap<Option<String>, Vec<(usize, Finding)>> = BTreeMap::new();
    let mut count = Count::default();
    for (number, origin) in origins.iter().enumerate() {
        interrupt::check()?;
        say(&format!("  origin {} of {}: {}", number + 1, origins.len(), origin.name));
        let run = origin
            .install(&plan.cache, &plan.origins)
            .and_then(|installed| plan.ablate(origin, &installed, &pieces));
        match run {
            Ok(all) => {
                for (piece, findings) in all {
                    let row = found.entry(piece).or_default();
                    let many = findings.len();
                    row.extend(findings.into_iter().next().map(|first| (many, first)));
                }
            }
            Err(error) => {
                interrupt::check()?;
                println!("error: {}: {error:#}", origin.name);
                count.add(Count::one(false));
            }
        }
    }
    println!("{:<24} {:>9}  on", "without", "bypasses");
    let whole = std::iter::once(None);
    for piece in whole.chain(pieces.into_iter().map(Some)) {
        let on = found.remove(&piece).unwrap_or_default();
        let (name, good) = match &piece {
            None => ("(nothing)", on.is_empty()),
            Some(piece) => (piece.as_str(), !on.is_empty()),
        };
        count.add(Count::one(good));
        println!("{}", line(name, &on));
    }
    Ok(count)
}

fn line(piece: &str, on: &[(usize, Finding)]) -> String {
    let sum: usize = on.iter().map(|(many, _)| many).sum();
    let names: Vec<String> =
        on.iter().map(|(many, finding)| format!("{} {many}", finding.origin)).collect();
    let Some((_, first)) = on.first() else { return format!("{piece:<24} {sum:>9}  -") };
    let example = first.probe.target.escape_ascii();
    let header = first.probe.headers.first().map_or_else(String::new, |(name, value)| {
        format!(" with `{}: {}`", name.escape_ascii(), value.escape_ascii())
    });
    format!("{piece:<24} {sum:>9}  {}; `{example}`{header}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use wicketgate_attack::probe::Probe;

    use super::*;

    #[test]
    fn a_line_names_origins_and_an_example() {
        let finding = Finding {
            origin: "o",
            host: "core",
            handler: "h".to_owned(),
            probe: Probe::get("/a\t").with_header("b", "c"),
            server: "127.0.0.1:1".parse().unwrap(),
        };
        let expected = format!("{:<24} {:>9}  o 3; `/a\\t` with `b: c`", "merge", 3);
        assert_eq!(line("merge", &[(3, finding)]), expected);
        assert_eq!(line("merge", &[]), format!("{:<24} {:>9}  -", "merge", 0));
    }
}
