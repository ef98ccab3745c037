//! Writes JUnit's XML, as CI systems read it.

use std::fmt::Write as _;

use super::Report;

/// The whole report. Writing to a string does not fail.
pub(super) fn render(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = escape(&report.policy);
    _ = writeln!(
        xml,
        "<testsuites>\n  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
        report.cases.len(),
        report.failed
    );
    for case in &report.cases {
        _ = write!(
            xml,
            "    <testcase classname=\"{name}\" name=\"{}\" file=\"{}\" line=\"{}\"",
            escape(&case.name),
            escape(&case.file),
            case.line
        );
        if case.passed {
            xml += "/>\n";
            continue;
        }
        let first = case.differences.first().map(String::as_str).unwrap_or_default();
        _ = writeln!(
            xml,
            ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
            escape(first),
            escape(&case.differences.join("\n"))
        );
    }
    xml += "  </testsuite>\n</testsuites>\n";
    xml
}

/// Escapes characters with a meaning in XML, and replaces those that XML can't have (XML 1.0,
/// section 2.2).
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_leaves_its_attribute() {
        assert_eq!(super::escape("a\"<&>\n\u{0}é"), "a&quot;&lt;&amp;&gt;&#10;\u{fffd}é");
    }
}
