//! The report as text for a terminal.

use std::fmt::Write as _;

use wicketgate_policy::CredentialKind;

use super::report::{OtherHost, Report};
use super::steps::{Alternative, Claim, Credential, Reading, Rule};

/// The whole report. Writing to a string does not fail.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    _ = writeln!(text, "{} {} at {}", report.method, report.path, report.now);
    let unknown = || "unknown".to_owned();
    _ = writeln!(
        text,
        "  peer {}, client {}",
        report.peer.clone().unwrap_or_else(unknown),
        report.client.clone().unwrap_or_else(unknown)
    );
    if let Some(OtherHost { header, host }) = &report.other_host {
        _ = writeln!(
            text,
            "  `{header}` names another host than the request's own, `{host}`, and the application may believe it: every rule applies"
        );
    }
    if let Some(reason) = report.refused_everywhere {
        _ = writeln!(text, "\nrefused whatever its path: {reason}");
    } else {
        readings(report, &mut text);
        rules(report, &mut text);
    }
    decision(report, &mut text);
    if !report.lines.is_empty() {
        text += "\naudit\n";
        for line in &report.lines {
            _ = writeln!(text, "  {line}");
        }
    }
    for note in &report.notes {
        _ = writeln!(text, "\nnote: {note}");
    }
    text
}

fn readings(report: &Report, text: &mut String) {
    if report.readings.is_empty() {
        return;
    }
    *text += "\nthe ways in which origins could read the target, and the rules that each chooses\n";
    for reading in &report.readings {
        let Reading { path, from_query, aliases, rules, folded, filled } = reading;
        let from = if *from_query { " (from the query)" } else { "" };
        _ = writeln!(text, "  {path}{from}: {}", list(rules));
        if let Some(folded) = folded {
            _ = writeln!(text, "    without case and trailing slash: {}", list(folded));
        }
        if let Some(filled) = filled {
            _ = writeln!(text, "    with an empty last segment as a parameter: {}", list(filled));
        }
        for alias in aliases {
            _ = writeln!(text, "    the same handler as {alias}");
        }
    }
    if report.names_handler {
        *text += "  a header names a handler that `origin.actions` does not list as public: every rule must allow it\n";
    }
    let public = report.rules.iter().flat_map(|rule| &rule.alternatives).any(|a| a.public);
    if report.unclear && public && report.decision == "deny" {
        *text += "  it runs a handler that the path does not name: what is public does not open that, unless `origin.actions` lists it\n";
    }
    if report.uncovered && public && report.decision == "deny" {
        *text += "  no rule covers all that it could be (another reading, a path in its query, another host): what is public does not open that\n";
        *text += "  if the value of a `{…}` may have such signs in it: `/*` in its place covers every reading\n";
    }
    _ = match report.chosen {
        "nothing" => writeln!(text, "  no rule covers it"),
        "too_complex" => {
            writeln!(text, "  it is too long or can be read in too many ways: every rule guards it")
        }
        "ambiguous" => {
            writeln!(
                text,
                "  they disagree; one or more of them choose {}",
                list(&report.chosen_rules)
            )
        }
        _ => writeln!(text, "  all choose {}", list(&report.chosen_rules)),
    };
}

fn rules(report: &Report, text: &mut String) {
    if !report.methods.is_empty() {
        let methods = report.methods.join(", ");
        _ = writeln!(text, "\nthe query names a method, which must be allowed too: {methods}");
    }
    for Rule { id, headers, alternatives } in &report.rules {
        let headers = if headers.is_empty() { "no header".to_owned() } else { headers.join(", ") };
        _ = writeln!(text, "\nrule `{id}`, which reads {headers}");
        if alternatives.is_empty() {
            *text += "  it admits nobody\n";
        }
        for (number, alternative) in (1..).zip(alternatives) {
            self::alternative(number, alternative, text);
        }
    }
}

fn alternative(number: usize, alternative: &Alternative, text: &mut String) {
    let holds = if alternative.holds { "holds" } else { "does not hold" };
    _ = writeln!(text, "  alternative {number} {holds}");
    let methods = alternative.methods.as_ref().map_or("any".to_owned(), |names| names.join(", "));
    let sign = |good: bool| if good { "yes" } else { "no" };
    _ = writeln!(text, "    {:<3} method: {methods}", sign(alternative.method_holds));
    if let Some(result) = alternative.network_result {
        let name = alternative.network.as_deref().unwrap_or_default();
        let why = if result == "ok" { String::new() } else { format!(" ({result})") };
        _ = writeln!(text, "    {:<3} network: {name}{why}", sign(result == "ok"));
    }
    if alternative.public {
        *text += "    yes public: no credential is needed\n";
        return;
    }
    let caller = alternative.caller.as_deref().unwrap_or("anyone");
    let result = alternative.credential_result.unwrap_or("ok");
    let with = match (&alternative.key, alternative.key_state) {
        (Some(key), Some(state)) => format!(" (key {key}, {state})"),
        _ if result != "ok" => format!(" ({result})"),
        (Some(key), None) => format!(" (signed, key {key})"),
        (None, _) => alternative.credential.map_or_else(String::new, |kind| {
            format!(" ({})", if kind.is_signed() { "signed" } else { kind.told() })
        }),
    };
    _ = writeln!(text, "    {:<3} caller: {caller}{with}", sign(result == "ok"));
    // For a single token there is nothing more to say.
    if matches!(&*alternative.credentials, [] | [Credential { kind: CredentialKind::Token, .. }]) {
        return;
    }
    for credential in &alternative.credentials {
        let Credential {
            kind,
            carrier,
            keys_at,
            keys_handed_in,
            held,
            failed,
            claim,
            key: _,
            result,
        } = credential;
        let place = if carrier.is_empty() { String::new() } else { format!(" in `{carrier}`") };
        _ = writeln!(text, "        {}{place}: {result}", kind.told());
        if !held.is_empty() {
            _ = writeln!(text, "          good: {}", held.join(", "));
        }
        if let Some(failed) = failed {
            _ = writeln!(text, "          not good: {failed}");
        }
        if let Some(Claim { name, found, expected }) = claim {
            let name = if name.is_empty() { String::new() } else { format!("`{name}`: ") };
            _ = writeln!(text, "          {name}found {found}, expected {expected}");
        }
        if let (Some(uri), false, Some("key")) = (keys_at, keys_handed_in, failed) {
            _ = writeln!(
                text,
                "          hosts fetch its keys from {uri}, which this command does not do:"
            );
            let caller = caller.escape_debug();
            _ = writeln!(text, "          --jwks '{caller}=FILE' takes a copy of them");
        }
    }
}

fn decision(report: &Report, text: &mut String) {
    let rule = report.rule.as_ref().map(|rule| format!(", rule `{rule}`")).unwrap_or_default();
    let caller = report.caller.as_ref().map(|name| format!(", caller `{name}`"));
    let caller = caller.unwrap_or_default();
    _ = match (report.decision, report.reason, report.meaning) {
        ("deny", Some(reason), Some(meaning)) => {
            writeln!(text, "\ndenied{rule}{caller}: {reason}, {meaning}")
        }
        ("pass", ..) => writeln!(text, "\npassed: no rule guards it"),
        (decision, ..) => writeln!(text, "\n{decision}ed{rule}{caller}"),
    };
    if let Some(answer) = &report.answer {
        _ = writeln!(text, "\nthe client gets\n  {}", answer.status);
        for (name, value) in &answer.headers {
            _ = writeln!(text, "  {name}: {value}");
        }
        if !answer.body.is_empty() {
            _ = writeln!(text, "  {}", answer.body);
        }
    }
    if let Some(headers) = &report.origin_headers {
        *text += "\nthe origin sees\n";
        for (name, value) in headers {
            let set = if report.set_headers.contains(name) { "  (set by the gate)" } else { "" };
            _ = writeln!(text, "  {name}: {value}{set}");
        }
        for name in &report.removed_headers {
            _ = writeln!(text, "  removed: {name}");
        }
    }
}

fn list(rules: &[String]) -> String {
    match rules {
        [] => "no rule".to_owned(),
        rules => rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(", "),
    }
}
