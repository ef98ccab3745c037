//! Explains audit lines, and checks that this policy would decide the same again.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use wicketgate_policy::{Reason, Time};

use super::line::Line;
use super::replay::{Replay, replay};
use super::report::Report;
use super::{Arguments, refused, text};
use crate::audit::{Finder, caller, packed};
use crate::document::{self, Document};
use crate::exit::Exit;
use crate::output::{count, print, print_json, say};

/// The explanation of one line.
#[derive(Debug, Serialize)]
struct Told {
    decision: String,
    rule: Option<String>,
    reason: Option<String>,
    meaning: Option<&'static str>,
    caller: Option<String>,
    key: Option<String>,
    /// `true` if this policy decides the same again.
    agrees: bool,
    /// The facts that the line lacks, each with the value that was assumed.
    assumed: Vec<String>,
    replay: Report,
}

/// Explains every audit line.
pub(super) fn run(document: &Document, arguments: &Arguments, source: &str) -> Result<Exit> {
    let lines = lines(source)?;
    let mut told = Vec::new();
    for line in &lines {
        match explain(document, arguments, line)? {
            Ok(one) => told.push(one),
            Err(faults) => return refused(document, &faults, arguments.json),
        }
    }
    let exit = if told.iter().all(|told| told.agrees) { Exit::Ok } else { Exit::Deny };
    if arguments.json {
        print_json(&told)?;
    } else {
        let texts: Vec<String> = told.iter().map(render).collect();
        print(&texts.join("\n---\n\n"))?;
    }
    Ok(exit)
}

fn lines(source: &str) -> Result<Vec<Line>> {
    let text = if source.trim_start().starts_with('{') {
        source.to_owned()
    } else {
        let (_, bytes) = document::read(source.as_ref())?;
        if let Some(packed) = packed(&bytes) {
            bail!("the log is {packed}");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mut finder = Finder::default();
    let mut found: Vec<_> = text.lines().flat_map(|line| finder.line(line)).collect();
    found.extend(finder.end());
    let lines: Vec<Line> = found.into_iter().map(Line::of).collect();
    if finder.unread > 0 {
        let lines = count(usize::try_from(finder.unread).unwrap_or(usize::MAX), "line");
        say(&format!("warning: {lines} with `wicketgate.decision` could not be read\n"));
    }
    if lines.is_empty() {
        bail!("no audit line: one is a JSON object with `wicketgate.decision`");
    }
    Ok(lines)
}

fn explain(
    document: &Document,
    arguments: &Arguments,
    line: &Line,
) -> Result<Result<Told, Vec<crate::diagnostics::Diagnostic>>> {
    let at = line.text("@timestamp").and_then(Time::parse);
    let now = arguments.now.or(at).context("an audit line without `@timestamp`")?;
    let Replay { report, mut assumed, version } = match replay(document, line, now) {
        Ok(replay) => replay,
        Err(faults) => return Ok(Err(faults)),
    };
    let owned = |name: &str| line.text(name).map(str::to_owned);
    let decision = line.text("wicketgate.decision").unwrap_or_default();
    let reason = line.reason();
    // The request was allowed, and the origin's answer was replaced.
    let replaced = reason == Some(Reason::ServerErrorReplaced);
    let (said, why) = if replaced { ("allow", None) } else { (decision, owned("error.type")) };
    let agrees = report.says(line.is_shadow(), said, line.text("rule.id"), why.as_deref());
    let same_version = line.text("rule.version") == Some(&version);
    let fetched = reason.is_some_and(|reason| reason.code().starts_with("jwks_"));
    if !agrees && same_version && fetched {
        assumed.push("what decided is what came of fetching keys, which is not in the line".into());
    } else if !agrees && same_version && line.is_signed() {
        assumed.push("what decided is in the signed token, which only its issuer can make".into());
    } else if !agrees && same_version {
        assumed.push("what decided is not in the line: a query, what follows an encoded `?`, a path beyond 256 bytes, or a header".into());
    } else if !agrees {
        assumed.push(format!(
            "the line is of policy version {}, this one is {version}",
            line.text("rule.version").unwrap_or("unknown").escape_debug(),
        ));
    }
    Ok(Ok(Told {
        decision: decision.to_owned(),
        rule: owned("rule.id"),
        reason: owned("error.type"),
        meaning: reason.map(Reason::text),
        caller: caller(owned),
        key: owned("wicketgate.credential.key_id"),
        agrees,
        assumed,
        replay: report,
    }))
}

fn render(told: &Told) -> String {
    let mut out = String::new();
    let escaped = |text: &Option<String>, before: &str| {
        text.as_ref().map(|text| format!("{before}`{}`", text.escape_debug())).unwrap_or_default()
    };
    // Writing to a string does not fail.
    _ = writeln!(
        out,
        "the line says: {}{}{}{}",
        told.decision.escape_debug(),
        escaped(&told.rule, ", rule "),
        escaped(&told.caller, ", caller "),
        escaped(&told.key, ", key "),
    );
    if let Some(reason) = &told.reason {
        let meaning = told.meaning.unwrap_or("a reason that this version does not know");
        _ = writeln!(out, "  {}: {meaning}", reason.escape_debug());
    }
    out += if told.agrees {
        "this policy says the same of such a request:\n\n"
    } else {
        "this policy does not say the same of such a request:\n\n"
    };
    out += &text::render(&told.replay);
    out += "\nnot in the line: the credential, other headers, the query, the body\n";
    for assumed in &told.assumed {
        _ = writeln!(out, "assumed: {assumed}");
    }
    out
}
