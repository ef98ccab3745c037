//! Splits a command line into words as a POSIX shell (and bash) would. Parts that a shell would
//! run, read or replace are refused, because nothing is run or read here.

use anyhow::{Result, bail};

/// A word.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// The variable that the shell would replace in it, as it is written.
    pub(crate) variable: Option<String>,
}

/// The words of one command, and the text after it that was left out.
#[derive(Debug, Default)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    pub(crate) left_out: Option<String>,
}

/// Reads one command.
///
/// # Errors
/// If a shell would do more than split it into words.
pub(crate) fn read(line: &str) -> Result<Command> {
    foreign(line)?;
    let mut reader =
        Reader { rest: line, command: Command::default(), bytes: None, variable: None };
    reader.run()?;
    Ok(reader.command)
}

/// Refuses line ends and quotes of other shells, which would be misread.
fn foreign(line: &str) -> Result<()> {
    let ends_by =
        |sign: char| line.lines().any(|line| line.trim_end().ends_with(&format!(" {sign}")));
    if line.contains("^\"") || ends_by('^') {
        bail!("the line is written for cmd (`^`): copy it for bash");
    }
    if ends_by('`') {
        bail!("the line is written for PowerShell (a backtick at its end): copy it for bash");
    }
    if line.contains("$env:") || line.contains("${env:") {
        bail!("the line has a variable of PowerShell (`$env:NAME`): write `$NAME`");
    }
    Ok(())
}

struct Reader<'l> {
    rest: &'l str,
    command: Command,
    /// The current word; `None` between words.
    bytes: Option<Vec<u8>>,
    variable: Option<String>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    fn skip(&mut self, text: &str) -> bool {
        let after = self.rest.strip_prefix(text);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn push(&mut self, character: char) {
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        self.bytes.get_or_insert_with(Vec::new).extend_from_slice(text.as_bytes());
    }

    fn run(&mut self) -> Result<()> {
        while let Some(character) = self.next() {
            match character {
                ' ' | '\t' => self.end()?,
                '\n' | '\r' => {
                    self.end()?;
                    return self.separator("a second line");
                }
                '\\' => {
                    // The line goes on in the next one.
                    if !self.skip("\r\n") && !self.skip("\n") {
                        match self.next() {
                            Some(escaped) => self.push(escaped),
                            None => bail!("the curl line ends in a backslash"),
                        }
                    }
                }
                '\'' => self.single()?,
                '"' => self.double()?,
                '$' if self.skip("'") => self.ansi()?,
                '$' if self.skip("\"") => self.double()?,
                '$' => self.dollar()?,
                '`' => bail!("the line runs a command between backticks: write what it prints"),
                '#' if self.bytes.is_none() => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.rest = self.rest.get(end..).unwrap_or_default();
                }
                '~' if self.bytes.is_none() => bail!("the shell puts a folder in the place of `~`"),
                '(' | ')' => bail!("an unquoted `{character}`: quote it, or leave it out"),
                '{' if self.is_expansion() => {
                    bail!("the shell makes several words of an unquoted `{{…,…}}`: quote it")
                }
                '|' | ';' | '&' => {
                    self.end()?;
                    if character == '|' && !self.rest.starts_with('|') {
                        // A command that takes curl's output does not change the request.
                        self.command.left_out = Some(format!("|{}", self.rest));
                        self.rest = "";
                        return Ok(());
                    }
                    while self.skip("&") || self.skip("|") {}
                    return self.separator(&format!("what follows `{character}`"));
                }
                '<' | '>' => self.redirection(character)?,
                other => self.push(other),
            }
        }
        self.end()
    }

    /// Nothing but blanks and comments may follow.
    fn separator(&self, what: &str) -> Result<()> {
        let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if self.rest.lines().all(is_blank) {
            return Ok(());
        }
        bail!("one command at a time: {what} is another one (a line that goes on ends in ` \\`)")
    }

    fn end(&mut self) -> Result<()> {
        let Some(bytes) = self.bytes.take() else { return Ok(()) };
        let Ok(text) = String::from_utf8(bytes) else {
            bail!("`$'…'` makes bytes that are no UTF-8, which are not read here")
        };
        self.command.words.push(Word { text, variable: self.variable.take() });
        Ok(())
    }

    fn single(&mut self) -> Result<()> {
        self.bytes.get_or_insert_with(Vec::new);
        loop {
            match self.next() {
                Some('\'') => return Ok(()),
                Some(character) => self.push(character),
                None => bail!("the curl line has an unclosed quote"),
            }
        }
    }

    fn double(&mut self) -> Result<()> {
        self.bytes.get_or_insert_with(Vec::new);
        loop {
            match self.next() {
                Some('"') => return Ok(()),
                Some('`') => {
                    bail!("the line runs a command between backticks: write what it prints")
                }
                Some('$') => self.dollar()?,
                Some('\\') => match self.next() {
                    Some('\n') => {}
                    Some(escaped @ ('$' | '`' | '"' | '\\')) => self.push(escaped),
                    Some(other) => {
                        self.push('\\');
                        self.push(other);
                    }
                    None => bail!("the curl line has an unclosed quote"),
                },
                Some(character) => self.push(character),
                None => bail!("the curl line has an unclosed quote"),
            }
        }
    }

    /// `$NAME` and `${NAME}` are kept: a policy's secrets are put in their place later.
    fn dollar(&mut self) -> Result<()> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (braced, rest) = match self.rest.strip_prefix('{') {
            Some(rest) => (true, rest),
            None => (false, self.rest),
        };
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let is_special = |c: char| c.is_ascii_digit() || "(?*@#$!-".contains(c);
        if braced && (name.is_empty() || !rest.get(end..).unwrap_or_default().starts_with('}')) {
            bail!("the shell replaces `${{…}}`: write what comes of it");
        }
        if name.starts_with(|c: char| c.is_ascii_digit())
            || !braced && self.rest.starts_with(is_special)
        {
            let what = if self.rest.starts_with('(') {
                "`$(…)`: write what it prints"
            } else {
                "it: write what comes of it"
            };
            bail!("the shell runs or replaces what follows a `$`, {what}");
        }
        let written = if braced { format!("${{{name}}}") } else { format!("${name}") };
        written.chars().for_each(|character| self.push(character));
        self.rest = rest.get(end + usize::from(braced)..).unwrap_or_default();
        if !name.is_empty() {
            self.variable.get_or_insert(written);
        }
        Ok(())
    }

    /// ANSI-C quoting, as browsers copy it: bash and POSIX 2024, section 2.2.4.
    fn ansi(&mut self) -> Result<()> {
        self.bytes.get_or_insert_with(Vec::new);
        loop {
            let character = match self.next() {
                Some('\'') => return Ok(()),
                Some('\\') => match self.next() {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some('a') => '\x07',
                    Some('b') => '\x08',
                    Some('e' | 'E') => '\x1b',
                    Some('f') => '\x0c',
                    Some('v') => '\x0b',
                    Some(plain @ ('\\' | '\'' | '"' | '?')) => plain,
                    Some('x') => {
                        let byte = self.number(16, 2)?;
                        self.byte(byte)?;
                        continue;
                    }
                    Some('u') => character(self.number(16, 4)?)?,
                    Some('U') => character(self.number(16, 8)?)?,
                    Some(digit @ '0'..='7') => {
                        let more = self.digits(8, 2);
                        let byte = u32::from_str_radix(&format!("{digit}{more}"), 8)?;
                        self.byte(byte)?;
                        continue;
                    }
                    _ => bail!("an escape in `$'…'` that is not read here"),
                },
                Some(other) => other,
                None => bail!("the curl line has an unclosed quote"),
            };
            self.push(character);
        }
    }

    fn byte(&mut self, byte: u32) -> Result<()> {
        match u8::try_from(byte) {
            // A shell would end the text there.
            Ok(0) | Err(_) => bail!("an escape in `$'…'` that is not read here"),
            Ok(byte) => self.bytes.get_or_insert_with(Vec::new).push(byte),
        }
        Ok(())
    }

    fn digits(&mut self, radix: u32, most: usize) -> String {
        let digits: String =
            self.rest.chars().take(most).take_while(|c| c.is_digit(radix)).collect();
        self.rest = self.rest.get(digits.len()..).unwrap_or_default();
        digits
    }

    fn number(&mut self, radix: u32, most: usize) -> Result<u32> {
        let digits = self.digits(radix, most);
        match u32::from_str_radix(&digits, radix) {
            Ok(number) => Ok(number),
            Err(_) => bail!("an escape in `$'…'` that is not read here"),
        }
    }

    /// Skips a redirection of curl's output or input, which does not change the request.
    fn redirection(&mut self, sign: char) -> Result<()> {
        if self.bytes.as_ref().is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit)) {
            self.bytes = None;
        }
        self.end()?;
        if self.rest.starts_with('(') || sign == '<' && self.rest.starts_with('<') {
            bail!(
                "the shell hands a text to curl by `{sign}{}`, which is not read here",
                self.rest.chars().next().unwrap_or_default()
            );
        }
        while self.skip(">") || self.skip("&") || self.skip("|") {}
        let target = self.rest.trim_start_matches([' ', '\t']);
        let end = target.find([' ', '\t', '\n', '\r', '|', ';', '&']).unwrap_or(target.len());
        self.rest = target.get(end..).unwrap_or_default();
        Ok(())
    }

    /// Returns `true` if a brace begins a list or a range.
    fn is_expansion(&self) -> bool {
        let inner = self.rest.split(['}', ' ', '\t', '\n']).next().unwrap_or_default();
        let is_closed = self.rest.get(inner.len()..).is_some_and(|rest| rest.starts_with('}'));
        is_closed && (inner.contains(',') || inner.contains(".."))
    }
}

fn character(code: u32) -> Result<char> {
    match char::from_u32(code) {
        Some(character) if code > 0 => Ok(character),
        _ => bail!("an escape in `$'…'` that is not read here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> String {
        match read(line) {
            Ok(command) => {
                let words: Vec<String> = command.words.into_iter().map(|word| word.text).collect();
                words.join("|") + &command.left_out.map(|_| " …".to_owned()).unwrap_or_default()
            }
            Err(error) => format!("! {error:#}"),
        }
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            (r"a 'b c' d\ e", "a|b c|d e"),
            (r#"a "b\"\$\x" ''"#, r#"a|b"$\x|"#),
            (r"a $'x\'\x41\u0042\103\n'", "a|x'ABC\n"),
            ("a \\\n  b \\\r\n c", "a|b|c"),
            ("a b\\\nc", "a|bc"),
            ("a $X \"${Y}z\" '$Z'", "a|$X|${Y}z|$Z"),
            ("a # b", "a"),
            ("a b#c", "a|b#c"),
            ("a | jq .", "a …"),
            ("a > f 2>&1 b 2>/dev/null", "a|b"),
            ("a;", "a"),
            ("a &", "a"),
            ("a h?x=1", "a|h?x=1"),
            ("a {b}", "a|{b}"),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
        for line in [
            "a && b",
            "a; b",
            "a || b",
            "a\nb",
            "a & b",
            "a `b`",
            "a \"`b`\"",
            "a $(b)",
            "a \"$(b)\"",
            "a ${b:-c}",
            "a $1",
            "a $?",
            "a {b,c}",
            "a {1..3}",
            "a ~/b",
            "a <(b)",
            "a << E",
            "a 'b",
            "a \"b",
            "a $'b",
            "a $'\\xff'",
            "a $'\\q'",
            "a (b)",
            "a ^\"b^\"",
            "a ^\n b",
            "a `\n b",
            "a \\",
        ] {
            assert!(words(line).starts_with("! "), "{line}: {}", words(line));
        }
    }
}
