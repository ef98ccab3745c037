//! Writing for a terminal.

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use crate::{command, progress};

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Colours where standard output is a terminal and `NO_COLOR` is not set.
    pub fn for_stdout() -> Self {
        Self { on: progress::colour(&std::io::stdout()) }
    }

    /// A text about a success.
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// A text about a failure.
    pub fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// A text that should catch the eye.
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The number of columns to write; unlimited if standard output is no terminal.
pub fn width() -> usize {
    let asked = std::io::stdout().is_terminal().then(|| {
        // Its answer is about its standard input, which is the same terminal.
        command::ask(Command::new("stty").arg("size").stdin(Stdio::inherit()))
    });
    let columns = |answer: String| answer.split_whitespace().nth(1)?.parse().ok();
    asked.flatten().and_then(columns).filter(|columns| *columns > 0).unwrap_or(200)
}

/// `text` in exactly `width` columns; it is printable ASCII by now.
pub fn cell(text: &str, width: usize) -> String {
    if text.len() <= width {
        return format!("{text:<width$}");
    }
    let kept: String = text.chars().take(width.saturating_sub(2)).collect();
    format!("{kept}..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_its_width() {
        assert_eq!(cell("ab", 4), "ab  ");
        assert_eq!(cell("abcd", 4), "abcd");
        assert_eq!(cell("abcde", 4), "ab..");
    }

    #[test]
    fn without_colours_text_stays_as_it_is() {
        assert_eq!(Paint { on: false }.bad("x"), "x");
        assert_eq!(Paint { on: true }.good("x"), "\x1b[32mx\x1b[0m");
    }
}
