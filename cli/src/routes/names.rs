//! Names that show that a route is not for everyone.

/// Words of a path, in the singular, that look internal. A public route may have one: `--accept`.
///
/// `health`, `ready` and `live` are not among them: probes of load balancers call them without
/// credentials. Nor is `api`: that is for everyone who has an account.
const WORDS: [&str; 24] = [
    "actuator",
    "admin",
    "backfill",
    "backoffice",
    "callback",
    "cron",
    "debug",
    "dev",
    "diagnostic",
    "hook",
    "internal",
    "job",
    "maintenance",
    "metric",
    "ops",
    "private",
    "profiler",
    "queue",
    "refresh",
    "revalidate",
    "system",
    "task",
    "webhook",
    "worker",
];

/// The segment of a path that looks internal: a word of the list in it, or a `_` before it.
pub(super) fn internal<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    texts.into_iter().find(|text| {
        // `_next/static` and its like are a framework's own files.
        let is_private = text.starts_with('_') && text.len() > 1 && *text != "_next";
        is_private || words(text).any(|word| is_internal(&word))
    })
}

/// For the help.
pub(super) const LISTED: &str = "\
actuator, admin, backfill, backoffice, callback, cron, debug, dev, diagnostic, hook, internal,
job, maintenance, metric, ops, private, profiler, queue, refresh, revalidate, system, task,
webhook, worker; and a segment that begins with `_`";

fn is_internal(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    WORDS.iter().any(|listed| *listed == word || *listed == singular)
}

/// `run-jobs`, `run_jobs`, `runJobs` and `run.jobs` are `run` and `jobs`.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut lower_before = false;
    for character in text.chars() {
        if !character.is_alphanumeric() || lower_before && character.is_uppercase() {
            words.push(String::new());
        }
        lower_before = character.is_lowercase();
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
    }
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for text in [
            "internal",
            "Internal",
            "runJobs",
            "cron-daily",
            "_private",
            "__witness",
            "tasks",
            "ops",
        ] {
            assert_eq!(internal([text].into_iter()), Some(text));
        }
        for text in ["", "_", "_next", "healthz", "international", "jobless", "devices", "id"] {
            assert_eq!(internal([text].into_iter()), None, "{text}");
        }
    }

    #[test]
    fn the_help_lists_them() {
        let listed: Vec<&str> = LISTED.split([',', ';']).map(str::trim).collect();
        assert_eq!(&listed[..WORDS.len()], WORDS);
    }
}
