//! The options of `cargo xtask attack`.

/// Try to walk round the gate: guarded targets in every spelling, on real origins behind real hosts.
///
/// Sends every target to each origin without a gate, which shows which are live; asks the decision
/// core about each; and sends the live ones, and others, through the gate on its hosts. A guarded
/// handler that ran without credentials, as the origin itself wrote it down, is a bypass. Lawful
/// public URLs must arrive as the same bytes; one that does not is a false denial. Findings are
/// written as vectors into the target folder. An origin for which the machine lacks a program is left
/// out and named. Exits with 1 if there was a finding.
///
/// The full form keeps its results outside the checkout, by commit. It may be interrupted, and done
/// one origin at a time: work that is done for a commit is not repeated, and the table at the end
/// has all of it. Results for a tree that differs from its commit are not kept.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// All origins, each with thousands of targets through every gate: an hour or more
    #[arg(long, conflicts_with = "quick")]
    pub(super) full: bool,
    /// The light origins, the live ones of 1,500 targets and some more through every gate (the default)
    #[arg(long)]
    pub(super) quick: bool,
    /// Attack only this origin; may be given more than once
    #[arg(long, visible_alias = "only", value_name = "NAME")]
    pub(super) origin: Vec<String>,
    /// Only behind this host: envoy, envoy-defaults, worker, or core for none; may be given more
    /// than once
    #[arg(long, value_name = "NAME")]
    pub(super) host: Vec<String>,
    /// The seed of random choices
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Targets for each origin
    #[arg(long, value_name = "COUNT")]
    pub(super) targets: Option<usize>,
    /// Targets that lead nowhere without a gate, sent through each gate all the same
    #[arg(long, value_name = "COUNT")]
    pub(super) dead: Option<usize>,
    /// Forget what this commit has done
    #[arg(long, requires = "full")]
    pub(super) fresh: bool,
    /// Break the gate, to see that the attack finds what there is to find: `raw-prefix` puts a
    /// comparison of prefixes in its place, `without:PIECE,PIECE` switches off pieces of the core
    #[arg(long = "break", value_name = "HOW", value_parser = broken)]
    pub(super) broken: Option<Broken>,
    /// Switch off each piece of the core in turn, natively, and print what is then found
    #[arg(long, conflicts_with_all = ["full", "broken", "host"])]
    pub(super) ablation: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A comparison of raw prefixes.
    RawPrefix,
    /// The core without these pieces.
    Without(Vec<String>),
}

fn broken(how: &str) -> Result<Broken, String> {
    match (how, how.strip_prefix("without:")) {
        ("raw-prefix", _) => Ok(Broken::RawPrefix),
        (_, Some(pieces)) if !pieces.is_empty() => {
            Ok(Broken::Without(pieces.split(',').map(str::to_owned).collect()))
        }
        _ => Err("there are `raw-prefix` and `without:PIECE,PIECE`".to_owned()),
    }
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask attack
  cargo xtask attack --origin nextjs --host core --targets 100000 --seed 7
  cargo xtask attack --full
  cargo xtask attack --full --only flask-gunicorn      this one now, the others later
  cargo xtask attack --break raw-prefix --origin node-http
  cargo xtask attack --break without:merge --origin fastify-lax
  cargo xtask attack --ablation";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_break_the_gate() {
        let pieces = Broken::Without(["a", "b"].map(str::to_owned).to_vec());
        assert_eq!(broken("without:a,b"), Ok(pieces));
        assert_eq!(broken("raw-prefix"), Ok(Broken::RawPrefix));
        assert!(broken("without:").is_err() && broken("x").is_err());
    }
}
