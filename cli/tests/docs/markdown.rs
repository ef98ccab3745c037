//! Reading Markdown, as far as these pages need it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::root;

/// A page.
pub struct Page {
    /// Its path in the project.
    pub name: String,
    /// Its fenced blocks, in their order.
    pub blocks: Vec<Block>,
    path: PathBuf,
    /// The lines outside of blocks, each with its number.
    prose: Vec<(usize, String)>,
}

/// A fenced block.
pub struct Block {
    /// The words of its info string.
    pub kind: Vec<String>,
    /// Its content.
    pub text: String,
    /// The line of its fence.
    pub line: usize,
}

impl Page {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let (mut blocks, mut prose) = (Vec::new(), Vec::new());
        let mut open: Option<Block> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let fence = text.trim_start().strip_prefix("```");
            match (&mut open, fence) {
                (None, Some(info)) => {
                    let kind = info.split_whitespace().map(str::to_owned).collect();
                    open = Some(Block { kind, text: String::new(), line });
                }
                (None, None) => prose.push((line, text.to_owned())),
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.text += &format!("{text}\n"),
            }
        }
        assert!(open.is_none(), "{}: a block without an end", path.display());
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        Self { name, blocks, path: path.to_owned(), prose }
    }

    /// The targets of links and images, each with its line.
    pub fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (line, text) in &self.prose {
            // Code contains no links.
            let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join("`");
            for rest in text.split("](").skip(1) {
                let link = rest.split(')').next().unwrap();
                links.push((*line, link.to_owned()));
            }
        }
        links
    }

    /// Fails if a link leads to no file of the project, or to no heading in it.
    pub fn resolve(&self, link: &str) -> Result<(), String> {
        if link.starts_with("https://") {
            return Ok(());
        }
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = match file {
            "" => self.path.clone(),
            file => self.path.parent().unwrap().join(file),
        };
        if !target.exists() {
            return Err(format!("`{link}` leads to no file"));
        }
        if anchor.is_empty() {
            return Ok(());
        }
        let anchors = Self::read(&target).anchors();
        if anchors.iter().any(|other| other == anchor) {
            Ok(())
        } else {
            Err(format!("`{link}` leads to no heading, there are {anchors:?}"))
        }
    }

    /// The anchors of its headings, as GitHub makes them.
    fn anchors(&self) -> Vec<String> {
        let headings = self.prose.iter().filter(|(_, line)| line.starts_with('#'));
        let anchor = |(_, line): &(usize, String)| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.collect::<String>().replace(' ', "-")
        };
        headings.map(anchor).collect()
    }

    /// The texts between backticks.
    pub fn code_spans(&self) -> Vec<String> {
        let spans = |(_, line): &(usize, String)| {
            line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        };
        self.prose.iter().flat_map(spans).collect()
    }
}
