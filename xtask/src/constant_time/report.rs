//! Memcheck's findings, without the permitted ones: after the comparisons, their outcome decides
//! about the request.

use std::fmt;

use anyhow::{Result, bail};

/// A branch or an address that depends on a secret.
#[derive(Debug)]
pub(super) struct Finding {
    what: String,
    stack: Vec<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    function: String,
    /// `true` if it is the core's.
    own: bool,
    /// The file; the core's from its sources' folder on.
    file: String,
    line: usize,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        for Frame { function, file, line, .. } in self.stack.iter().take(8) {
            write!(f, "\n    {function} ({file}:{line})")?;
        }
        Ok(())
    }
}

/// The findings of a report, without those in `KeyTable::verify` behind the line `end`, and in what
/// it hands its outcome to: the rules, which hold no secret.
pub(super) fn findings(xml: &str, end: usize) -> Result<Vec<Finding>> {
    if !xml.contains("<state>FINISHED</state>") {
        bail!("valgrind did not finish its report");
    }
    let errors = parts(xml, "<error>", "</error>").map(|error| Finding {
        what: text(error, "what").unwrap_or_default().to_owned(),
        stack: parts(error, "<frame>", "</frame>").map(frame).collect(),
    });
    Ok(errors.filter(|finding| !is_the_outcome(finding, end)).collect())
}

/// Returns `true` if the outcome of the comparisons was looked at, and no comparison was under way.
fn is_the_outcome(finding: &Finding, end: usize) -> bool {
    let comparing = finding.stack.iter().any(|frame| frame.file == "credential/token/digest.rs");
    let table = |frame: &&Frame| frame.file == "credential/token/table.rs";
    let verify = |frame: &&Frame| table(frame) && frame.function.ends_with("verify");
    // The frame of the core that is furthest in.
    let own = finding.stack.iter().find(|frame| frame.own);
    match finding.stack.iter().find(verify) {
        Some(verify) => !comparing && verify.line > end,
        None => own.is_some_and(|own| OUTCOME.contains(&own.file.as_str())),
    }
}

/// The files that are handed the outcome: the result types, and what asks for the check.
const OUTCOME: [&str; 5] = [
    "credential/proof.rs",
    "credential/refusal.rs",
    "credential/token/check.rs",
    "decide/credentials.rs",
    "decide/rule.rs",
];

fn frame(xml: &str) -> Frame {
    let function = text(xml, "fn").unwrap_or("?");
    // Without what it is generic over.
    let function = function.split("&lt;").next().unwrap_or(function);
    let (folder, file) =
        (text(xml, "dir").unwrap_or_default(), text(xml, "file").unwrap_or_default());
    let own = folder.split_once("policy/src").map(|(_, folder)| folder);
    let file = match own {
        Some(folder) => format!("{folder}/{file}").trim_start_matches('/').to_owned(),
        None => file.to_owned(),
    };
    Frame {
        function: function.to_owned(),
        own: own.is_some(),
        file,
        line: text(xml, "line").and_then(|line| line.parse().ok()).unwrap_or(0),
    }
}

fn text<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    parts(xml, &format!("<{name}>"), &format!("</{name}>")).next()
}

fn parts<'x>(xml: &'x str, from: &str, to: &str) -> impl Iterator<Item = &'x str> {
    xml.split(from).skip(1).filter_map(move |part| part.split(to).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(frames: &[(&str, &str, usize)]) -> String {
        let frames: String = frames
            .iter()
            .map(|(function, path, line)| {
                let (folder, file) = path.rsplit_once('/').unwrap();
                format!(
                    "<frame><fn>{function}</fn><dir>{folder}</dir><file>{file}</file>\
                     <line>{line}</line></frame>"
                )
            })
            .collect();
        format!(
            "<error><what>Conditional jump</what><stack>{frames}</stack></error><state>FINISHED</state>"
        )
    }

    fn count(frames: &[(&str, &str, usize)]) -> usize {
        findings(&report(frames), 150).unwrap().len()
    }

    #[test]
    fn only_the_outcome_may_decide() {
        let verify = |line| ("verify", "/x/policy/src/credential/token/table.rs", line);
        let rule = ("one", "/x/policy/src/decide/rule.rs", 102);
        assert_eq!(count(&[verify(151), rule]), 0);
        assert_eq!(count(&[("is_some", "library/core/src/option.rs", 9), verify(151), rule]), 0);
        assert_eq!(count(&[("map", "/rustc/x/library/core/src/option.rs", 9), rule]), 0);
        assert_eq!(count(&[verify(149), rule]), 1);
        assert_eq!(
            count(&[("ct_eq", "/x/policy/src/credential/token/digest.rs", 60), verify(151)]),
            1
        );
        assert_eq!(count(&[("line", "/x/policy/src/audit/line.rs", 200), rule]), 1);
        assert_eq!(count(&[("bcmp", "/usr/lib/x.so", 0)]), 1);
        assert!(findings("<error>", 1).is_err(), "a report that was cut short");
    }
}
