//! `wicketgate token rotate`: the steps of a rotation in their order, for a policy.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use wicketgate_policy::{Fault, Time};

use super::new::{check_name, key, pretty, write_new};
use super::{generate, parse_id};
use crate::document::{Document, Tree};
use crate::exit::Exit;
use crate::output::{print, print_json};
use crate::policy::{Secrets, compile, render};
use crate::time;
use crate::value::{member, set};

/// Makes a successor for a caller's keys, and prints the steps in their order, with the JSON to
/// paste. It changes nothing but the file to which it writes the token.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The policy, JSON or YAML
    #[arg(value_name = "POLICY")]
    policy: PathBuf,
    /// The caller whose token is rotated
    #[arg(long)]
    caller: String,
    /// The id of the new key [default: the quarter, such as 2027-q1]
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    id: Option<String>,
    /// The variable of the host for the new token; without one the policy gets its digest
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// The file for the new token, which only its owner can read
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The number of days for which the old keys stay valid
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=90))]
    grace_days: u16,
    /// The old key is stolen: end it now
    #[arg(long)]
    stolen: bool,
    /// The time [default: the clock]
    #[arg(long, value_parser = time::parse)]
    now: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  wicketgate token rotate policy.json --caller cron --out new-token.txt
  wicketgate token rotate policy.json --caller cron --env INTERNAL_JOB_TOKEN_NEXT --out new-token.txt
  wicketgate token rotate policy.json --caller cron --stolen --out new-token.txt

Exit codes: 0 ok, 1 usage or I/O, 3 invalid policy";

/// One step.
#[derive(Debug, Serialize)]
struct Step {
    /// The text of the step.
    what: String,
    /// The place in the policy whose value is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// The new value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<Value>,
}

/// Runs it.
///
/// # Errors
/// If there is no such caller, or the token can't be written.
pub(super) fn run(arguments: &Arguments) -> Result<Exit> {
    let document = Document::open(&arguments.policy)?;
    if let Err(faults) = compile(&document, wicketgate_policy::Host::Envoy, Secrets::MadeUp) {
        if arguments.json {
            print_json(&json!({ "valid": false, "diagnostics": faults }))?;
        } else {
            print(&render(&document, &faults))?;
        }
        return Ok(Exit::InvalidPolicy);
    }
    let keys = keys(&document, &arguments.caller)?;
    let now = arguments.now.unwrap_or_else(time::now);
    let is_free = |id: &String| !keys.iter().any(|key| member(key, "id") == id.as_str());
    let mut numbered = (1..).map(|number| match number {
        1 => quarter(now),
        number => format!("{}-{number}", quarter(now)),
    });
    let id = arguments.id.clone().or_else(|| numbered.find(is_free)).unwrap_or_default();
    if keys.iter().any(|key| member(key, "id") == id.as_str()) {
        bail!("`{}` has a key `{id}`: another --id", arguments.caller);
    }
    if let Some(name) = &arguments.env {
        check_name(name)?;
        if keys.iter().any(|key| member(key, "env") == name.as_str()) {
            bail!("a key of `{}` is in `{name}`: another --env", arguments.caller);
        }
    }
    let token = generate(Some(&id))?;
    let mut new = key(&id, &token, true, arguments.env.as_deref());
    set(&mut new, "created", date(now));
    let steps = steps(arguments, &keys, &new, now);
    for step in &steps {
        try_out(&document, &arguments.caller, step)?;
    }
    write_new(&arguments.out, &token)?;
    if arguments.json {
        let out = arguments.out.display().to_string();
        print_json(
            &json!({ "caller": arguments.caller, "key": new, "written_to": out, "steps": steps }),
        )?;
    } else {
        let text = steps.iter().enumerate().map(|(index, step)| tell(index + 1, step));
        print(&text.collect::<String>())?;
    }
    Ok(Exit::Ok)
}

/// Fails if the policy with the new keys has a fault.
fn try_out(document: &Document, caller: &str, step: &Step) -> Result<()> {
    if step.at.is_none() {
        return Ok(());
    }
    let mut policy: Value = serde_json::from_slice(&document.json).context("the policy")?;
    let keys = policy
        .get_mut("callers")
        .and_then(|callers| callers.get_mut(caller)?.get_mut("token")?.get_mut("keys"))
        .context("the keys")?;
    *keys = step.keys.clone().into();
    let pasted = Document::parse(document.name.clone(), policy.to_string().into_bytes(), false);
    match compile(&pasted, wicketgate_policy::Host::Envoy, Secrets::MadeUp) {
        Ok(_) => Ok(()),
        Err(faults) => {
            let fault = faults
                .first()
                .map(|f| format!("{}: found {}, expected {}", f.path, f.found, f.expected));
            bail!("with the new key the policy has a fault: {}", fault.unwrap_or_default())
        }
    }
}

fn keys(document: &Document, caller: &str) -> Result<Vec<Value>> {
    let callers = document.tree.as_ref().and_then(|tree| tree.get("callers"));
    let found = callers.and_then(|callers| callers.get(caller));
    let Some(found) = found else {
        let names = callers.map(Tree::members).unwrap_or_default().iter();
        let names: Vec<String> = names.map(|member| format!("`{}`", member.name)).collect();
        bail!("no caller `{}`: there are {}", caller.escape_debug(), names.join(", "));
    };
    let keys = found.get("token").and_then(|token| token.get("keys"));
    let keys = keys.with_context(|| format!("`{caller}` has no token"))?;
    serde_json::from_str(&keys.to_json()).context("the keys of the policy")
}

fn steps(arguments: &Arguments, keys: &[Value], new: &Value, now: Time) -> Vec<Step> {
    let caller = &arguments.caller;
    let at = Fault::member("callers", caller) + ".token.keys";
    let out = arguments.out.display();
    let step = |what: String| Step { what, at: None, keys: Vec::new() };
    let paste =
        |what: &str, keys: Vec<Value>| Step { what: what.into(), at: Some(at.clone()), keys };
    let is_over = |key: &Value| {
        let end = member(key, "not_after").as_str().and_then(Time::parse);
        member(key, "revoked") == true || end.is_some_and(|end| end < now)
    };
    let mut steps = Vec::new();
    if let Some(name) = &arguments.env {
        steps.push(step(format!(
            "give the host the token of `{out}` as `{name}`, beside the old one (Envoy reads its environment at start; a Worker's secret makes a new deployment)"
        )));
    }
    // A key that is not valid yet does not get an end, and stays as planned. But if a secret was
    // stolen, it ends with the others, because it may have been in the same place.
    let is_to_come = |key: &&Value| {
        let start = member(key, "not_before").as_str().and_then(Time::parse);
        !arguments.stolen && start.is_some_and(|start| start > now)
    };
    let (planned, old): (Vec<&Value>, Vec<&Value>) =
        keys.iter().filter(|key| !is_over(key)).partition(is_to_come);
    let with_new = |others: Vec<Value>| {
        let planned = planned.iter().map(|key| (*key).clone());
        others.into_iter().chain(planned).chain([new.clone()]).collect::<Vec<Value>>()
    };
    let all = |change: &dyn Fn(&mut Value)| {
        let changed = old.iter().map(|key| {
            let mut key = (*key).clone();
            change(&mut key);
            key
        });
        with_new(changed.collect())
    };
    if arguments.stolen {
        steps.push(paste(
            "put this in the policy and roll it out now: the stolen key is dead as soon as the policy is in force",
            all(&|key| set(key, "revoked", true)),
        ));
        steps.push(step(format!(
            "see that it is dead: audit lines of the old key say `key_revoked`, and `rule.version` is what `wicketgate check` calls the new policy; give `{caller}` the token of `{out}`"
        )));
    } else {
        let end = Time::from_unix_millis(
            now.unix_millis().saturating_add(i64::from(arguments.grace_days) * 86_400_000),
        );
        steps.push(paste(
            "put this in the policy and roll it out: both tokens are good until the old one ends",
            all(&|key| {
                let sooner = member(key, "not_after").as_str().and_then(Time::parse);
                if sooner.is_none_or(|sooner| sooner > end) {
                    set(key, "not_after", end_text(end));
                }
            }),
        ));
        steps.push(step(format!("give `{caller}` the token of `{out}`, everywhere it runs")));
        let ids: Vec<&str> = old.iter().filter_map(|key| member(key, "id").as_str()).collect();
        steps.push(step(format!(
            "wait until no new audit line of `{caller}` has `wicketgate.credential.key_id` {}: nobody uses the old token any more",
            ids.join(" or ")
        )));
    }
    steps.push(paste("then leave the old keys out, and roll that out too", with_new(Vec::new())));
    let variables: Vec<&str> = old.iter().filter_map(|key| member(key, "env").as_str()).collect();
    if !variables.is_empty() {
        steps.push(step(format!("take {} from the host", variables.join(", "))));
    }
    steps.push(step(format!("delete `{out}`")));
    steps
}

fn tell(number: usize, step: &Step) -> String {
    let mut text = format!("{number}. {}\n", step.what);
    if let Some(at) = &step.at {
        let keys: Vec<String> =
            step.keys.iter().map(|key| format!("     {}", pretty(key))).collect();
        text += &format!("   {at}:\n   [\n{}\n   ]\n", keys.join(",\n"));
    }
    text + "\n"
}

fn date(time: Time) -> String {
    time.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// The time without milliseconds, as people write it.
fn end_text(time: Time) -> String {
    let text = time.to_string();
    text.split('.').next().map_or(text.clone(), |seconds| format!("{seconds}Z"))
}

/// `2027-q1`.
fn quarter(now: Time) -> String {
    let date = date(now);
    let mut parts = date.split('-');
    let year = parts.next().unwrap_or_default();
    let month: u8 = parts.next().and_then(|month| month.parse().ok()).unwrap_or(1);
    format!("{year}-q{}", (month.saturating_sub(1)) / 3 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (time, name) in
            [("2026-01-01", "2026-q1"), ("2026-12-31", "2026-q4"), ("2027-04-01", "2027-q2")]
        {
            assert_eq!(quarter(Time::parse(time).unwrap()), name);
        }
        assert_eq!(end_text(Time::parse("2026-12-07T12:00:00Z").unwrap()), "2026-12-07T12:00:00Z");
    }
}
