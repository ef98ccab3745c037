//! Bars, as SVG.

use std::fmt::Write as _;

use crate::results::Results;
use crate::spread::Spread;

/// The cost of arms above none, a bar for each with the spread of the rounds.
pub(super) fn bars(results: &Results, title: &str, wanted: impl Fn(&str) -> bool) -> String {
    let bar = |name: &str, what: &str| {
        let spread = Spread::of(results.above(name)?)?;
        wanted(name).then(|| (what.to_owned(), spread))
    };
    let bars: Vec<(String, Spread)> =
        results.arms.iter().filter_map(|arm| bar(&arm.name, &arm.what)).collect();
    let most = bars.iter().map(|(_, spread)| spread.high).fold(1.0, f64::max);
    let scale = WIDTH / most;
    let height = TOP + 22 * bars.len() + 10;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"900\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"10\" y=\"22\" font-size=\"14\">{}</text>\n",
        escaped(title)
    );
    for (index, (what, spread)) in bars.iter().enumerate() {
        let y = TOP + 22 * index;
        let colour = if ["the gate", "the module"].iter().any(|own| what.starts_with(own)) {
            "#2563a8"
        } else {
            "#9aa5b1"
        };
        let x = |micros: f64| LEFT + micros.max(0.0) * scale;
        let (from, to, middle) = (x(spread.low), x(spread.high), y + 7);
        _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{}\" text-anchor=\"end\">{}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y}\" width=\"{:.1}\" height=\"14\" fill=\"{colour}\"/>\n\
             <line x1=\"{from:.1}\" x2=\"{to:.1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#222222\"/>\n\
             <text x=\"{:.1}\" y=\"{}\">{:.1}</text>",
            LEFT - 6.0,
            y + 11,
            escaped(what),
            x(spread.median) - LEFT,
            to + 6.0,
            y + 11,
            spread.median
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const LEFT: f64 = 440.0;
const WIDTH: f64 = 400.0;
const TOP: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::ArmResult;

    #[test]
    fn a_bar_for_each_wanted_arm() {
        let arm = |name: &str, base: Option<&str>, micros: f64| ArmResult {
            name: name.to_owned(),
            what: format!("{name} <x>"),
            base: base.map(str::to_owned),
            micros: vec![micros],
        };
        let arms = vec![
            arm("none", None, 30.0),
            arm("a", Some("none"), 34.0),
            arm("b", Some("none"), 40.0),
        ];
        let results = Results { arms, ..Results::default() };
        let svg = bars(&results, "T", |name| name == "a");
        assert!(svg.contains("a &lt;x&gt;") && svg.contains(">4.0</text>"), "{svg}");
        assert!(!svg.contains("b &lt;x&gt;") && !svg.contains("none &lt;x&gt;"), "{svg}");
    }
}
