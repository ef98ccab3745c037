//! `wicketgate explain` on the audit lines of a table's run.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use wicketgate_runtime::audit::{About, AuditLine, printable};
use wicketgate_runtime::cache::Cache;
use wicketgate_runtime::command::tail;
use wicketgate_runtime::files;

use crate::steps::Count;

/// The command's explanations of the lines of one run.
#[derive(Debug, Default)]
pub(super) struct Explained {
    /// Lines whose request, asked again, gets the line's own rule and reason.
    replayed: usize,
    /// Lines that a signed token decided. Nobody but its issuer makes another: the command says
    /// so, and the rule and the reason that it names are the line's.
    signed: usize,
    /// The same where what decided is a part of the request that no line holds.
    unseen: usize,
    /// Wrong explanations, each with its line.
    pub(super) wrong: Vec<String>,
}

/// Explains all `lines`, each with the target of its request, by the built `command`, with the policy that the gate had.
pub(super) fn explain(
    command: &Path,
    cache: &Cache,
    policy: &str,
    lines: &[(AuditLine, String)],
) -> Result<Explained> {
    let mut explained = Explained::default();
    let folder = cache.run_folder()?;
    let file = |name: &str| folder.path().join(name);
    files::write(&file("policy.json"), policy)?;
    files::write(&file("audit.log"), log(lines))?;
    let mut command = Command::new(command);
    command.arg("explain").arg(file("policy.json")).arg("--json");
    command.arg("--audit").arg(file("audit.log"));
    // No secret of the run is needed to explain its lines.
    let output = command.env_clear().output().context("cannot run `wicketgate explain`")?;
    // With 2 it says that the policy would not have made one of them, which is looked at below.
    if !matches!(output.status.code(), Some(0 | 2)) {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`wicketgate explain` failed ({}):\n{}", output.status, tail(&said, 12));
    }
    let told: Vec<Value> =
        serde_json::from_slice(&output.stdout).context("what `wicketgate explain --json` says")?;
    if told.len() != lines.len() {
        bail!("`wicketgate explain` tells about {} of {} lines", told.len(), lines.len());
    }
    for (told, (line, target)) in told.iter().zip(lines) {
        explained.add(told, line, target);
    }
    Ok(explained)
}

impl Explained {
    /// The number of lines that are explained correctly.
    fn right(&self) -> usize {
        self.replayed + self.signed + self.unseen
    }

    /// Each line counts.
    pub(super) fn count(&self) -> Count {
        Count { passed: self.right() as u64, failed: self.wrong.len() as u64, skipped: 0 }
    }

    /// The verdict in words.
    pub(super) fn verdict(&self) -> String {
        let Self { replayed, signed, unseen, wrong } = self;
        let lines = self.right() + wrong.len();
        let mut text = format!("{} of {lines} audit lines explained", self.right());
        text += &format!(": {replayed} replayed");
        for (count, why) in [(signed, "decided by a signed token"), (unseen, "by what no line has")]
        {
            if *count > 0 {
                text += &format!(", {count} {why}");
            }
        }
        text
    }

    fn add(&mut self, told: &Value, line: &AuditLine, target: &str) {
        let fields = [("rule", "rule.id"), ("reason", "error.type")];
        let differs = |&(ours, name): &(&str, &str)| told[ours].as_str() != line.text(name);
        let said = |text: &str| {
            let notes = told["assumed"].as_array();
            notes.into_iter().flatten().any(|note| note.as_str().is_some_and(|n| n.contains(text)))
        };
        if fields.iter().any(differs) {
            self.wrong(told, line, "another rule or reason than the line's");
        } else if told["agrees"] == true {
            match replays(&told["replay"], line) {
                true => self.replayed += 1,
                false => self.wrong(told, line, "agrees, but replays to something else"),
            }
        } else if said("what decided is in the signed token") && line.is_signed() {
            self.signed += 1;
        } else if said("what decided is not in the line") && is_cut(target) {
            self.unseen += 1;
        } else {
            self.wrong(told, line, "not the same when it is asked again");
        }
    }

    fn wrong(&mut self, told: &Value, line: &AuditLine, what: &str) {
        let [rule, reason] = ["rule", "reason"].map(|name| &told["replay"][name]);
        self.wrong.push(format!(
            "{what}: rule {rule}, reason {reason}, assumed {}\n      {}",
            printable(&told["assumed"].to_string()),
            printable(line.json())
        ));
    }
}

/// Returns `true` if the replayed request leaves such a line: an independent look at what `agrees`
/// says.
fn replays(replay: &Value, line: &AuditLine) -> bool {
    // The request was let in; the line is about what the app answered.
    let (decision, reason) = match line.about() {
        About::Response => (Some("allow"), None),
        About::Decision | About::Shadow => {
            (line.text("wicketgate.decision"), line.text("error.type"))
        }
    };
    let same = |made: &Value| {
        made["wicketgate.decision"].as_str() == decision
            && made["error.type"].as_str() == reason
            && made["rule.id"].as_str() == line.text("rule.id")
            && made["wicketgate.mode"].as_str() == line.text("wicketgate.mode")
    };
    replay["audit"].as_array().is_some_and(|lines| lines.iter().any(same))
}

/// Returns `true` if the target goes on where a line's path ends: behind a `?`, encoded or not, or
/// beyond the length that a line holds.
fn is_cut(target: &str) -> bool {
    target.contains('?') || target.to_ascii_lowercase().contains("3f") || target.len() > 256
}

/// The lines as a host's log has them.
fn log(lines: &[(AuditLine, String)]) -> String {
    let line =
        |(line, _): &(AuditLine, String)| format!("[warning][wasm] wasm log: {}\n", line.json());
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn add(told: Value, fields: Value, target: &str) -> Explained {
        let mut line = json!({ "event.action": "x", "wicketgate.decision": "deny",
            "wicketgate.mode": "enforce", "rule.id": "jobs", "error.type": "credential_missing" });
        for (name, value) in fields.as_object().into_iter().flatten() {
            line[name] = value.clone();
        }
        let mut explained = Explained::default();
        explained.add(&told, &AuditLine::find(&line.to_string()).unwrap(), target);
        explained
    }

    #[test]
    fn only_what_no_line_has_excuses_another_answer() {
        let made = json!({ "wicketgate.decision": "deny", "wicketgate.mode": "enforce",
            "rule.id": "jobs", "error.type": "credential_missing" });
        let told = json!({ "rule": "jobs", "reason": "credential_missing", "agrees": true,
            "assumed": [], "replay": { "audit": [made] } });
        assert_eq!(add(told.clone(), json!({}), "/").replayed, 1);
        // The line is of another rule than the one that is told.
        assert_eq!(add(told.clone(), json!({ "rule.id": "other" }), "/").wrong.len(), 1);
        // It agrees, and its own replay is of a request that was let in.
        let mut other = told.clone();
        other["replay"]["audit"][0]["wicketgate.decision"] = "allow".into();
        assert_eq!(add(other, json!({}), "/").wrong.len(), 1);

        let unseen = |text: &str| {
            let mut told = told.clone();
            (told["agrees"], told["assumed"]) = (false.into(), json!([text]));
            told
        };
        let cut = unseen("what decided is not in the line: a query");
        assert_eq!(add(cut.clone(), json!({}), "/a?b").unseen, 1);
        assert_eq!(add(cut, json!({}), "/a").wrong.len(), 1);
        let signed = unseen("what decided is in the signed token, which only its issuer can make");
        let kind = json!({ "wicketgate.credential.kind": "jwt" });
        assert_eq!(add(signed.clone(), kind, "/").signed, 1);
        assert_eq!(add(signed, json!({}), "/").wrong.len(), 1);
        assert_eq!(add(unseen("nothing"), json!({}), "/?").wrong.len(), 1);
    }
}
