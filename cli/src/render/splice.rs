//! Replaces lines in files that people will read, and keeps their comments.

use anyhow::{Context, Result, bail};

/// A shipped file that is being changed.
pub(super) struct Splice {
    text: String,
}

impl Splice {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Replaces `from` with `to` everywhere. Fails if `from` is nowhere.
    pub(super) fn replace(&mut self, from: &str, to: &str) -> Result<&mut Self> {
        if !self.text.contains(from) {
            bail!("the shipped file has no `{from}`");
        }
        self.text = self.text.replace(from, to);
        Ok(self)
    }

    /// Replaces everything that is indented below the first line `head`.
    pub(super) fn block(&mut self, head: &str, lines: &[String]) -> Result<&mut Self> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let all: Vec<&str> = self.text.split('\n').collect();
        let at = all.iter().position(|line| line.trim() == head);
        let at = at.with_context(|| format!("the shipped file has no `{head}`"))?;
        let outer = all.get(at).map_or(0, |line| indent(line));
        let below = all.iter().skip(at + 1);
        let count = below.take_while(|line| line.is_empty() || indent(line) > outer).count();
        // Blank lines after the block do not belong to it.
        let blank = |count: usize| {
            let blank = all.iter().take(at + 1 + count).rev().take_while(|line| line.is_empty());
            count - blank.count().min(count)
        };
        let count = blank(count);
        let inner = " ".repeat(outer + 2);
        let indented = lines
            .iter()
            .map(|line| if line.is_empty() { String::new() } else { format!("{inner}{line}") });
        let before = all.iter().take(at + 1).map(|line| (*line).to_owned());
        let after = all.iter().skip(at + 1 + count).map(|line| (*line).to_owned());
        let whole: Vec<String> = before.chain(indented).chain(after).collect();
        self.text = whole.join("\n");
        Ok(self)
    }

    /// Removes the text from the first `from` up to the first `to` after it.
    pub(super) fn cut(&mut self, from: &str, to: &str) -> Result<&mut Self> {
        let start = self.text.find(from);
        let start = start.with_context(|| format!("the shipped file has no `{from}`"))?;
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(to).with_context(|| format!("the shipped file has no `{to}`"))?;
        self.text.replace_range(start..start + end, "");
        Ok(self)
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_all_that_is_indented_below_its_head() {
        let mut splice = Splice::new("a:\n  b: |\n    one\n\n    two\n\n  c: 1\n  d:\n    - x\n");
        splice.block("b: |", &lines("1\n\n2")).unwrap().block("d:", &lines("- y")).unwrap();
        assert_eq!(splice.finish(), "a:\n  b: |\n    1\n\n    2\n\n  c: 1\n  d:\n    - y\n");
        let mut splice = Splice::new("x [a y]b");
        splice.cut("[a", "]b").unwrap().replace("x", "z").unwrap();
        assert_eq!(splice.finish(), "z ]b");
        assert!(Splice::new("").replace("a", "b").is_err());
        assert!(Splice::new("").block("a", &[]).is_err());
        assert!(Splice::new("a").cut("a", "b").is_err());
    }
}
