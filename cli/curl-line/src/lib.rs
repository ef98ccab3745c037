//! Reads a line for curl as curl does, as far as the gate would see a difference. Options that are
//! not supported here are refused by name, and never ignored. Nothing is run, read or sent.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod line;
mod options;
mod request;
mod shell;
mod url;

pub use request::Request;

use anyhow::{Context, Result, bail};

use line::Line;
use options::{
    LONG_ALONE, LONG_WITH_ARGUMENT, SHORT_ALONE, SHORT_WITH_ARGUMENT, refused_long, refused_short,
};
use shell::Word;

/// Reads a line such as browsers copy and people paste.
///
/// # Errors
/// If it is no line for curl, or curl or the shell would do what is not done here.
pub fn parse(line: &str) -> Result<Request> {
    let line = line.trim();
    // Pages show these before a command.
    let line = line.strip_prefix("$ ").or_else(|| line.strip_prefix("% ")).unwrap_or(line);
    let command = shell::read(line)?;
    let mut words = command.words.into_iter();
    let name = words.next().unwrap_or_default().text;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if !matches!(name, "curl" | "curl.exe") {
        bail!("a curl line begins with `curl`");
    }
    let mut line = Line::default();
    if let Some(left_out) = command.left_out {
        line.asked.notes.push(format!(
            "left out, as it is no part of the request: `{}`",
            left_out.escape_debug()
        ));
    }
    while let Some(word) = words.next() {
        match word.text.strip_prefix("--") {
            Some(long) if !long.is_empty() => line.long(long, &mut words)?,
            _ if word.text.starts_with('-') && word.text.len() > 1 => {
                line.short(&word, &mut words)?
            }
            _ => line.url(plain("the URL", word)?)?,
        }
    }
    line.finish()
}

impl Line {
    fn long(&mut self, option: &str, words: &mut impl Iterator<Item = Word>) -> Result<()> {
        // curl takes no `--name=value`.
        let short = match option {
            "request" => 'X',
            "header" => 'H',
            "data" | "data-binary" | "data-ascii" => 'd',
            "form" | "form-string" => 'F',
            "head" => 'I',
            "get" => 'G',
            "globoff" => 'g',
            "location" => 'L',
            "range" => 'r',
            "cert" => 'E',
            "upload-file" => 'T',
            "user" => 'u',
            "user-agent" => 'A',
            "cookie" => 'b',
            "referer" => 'e',
            "json" => {
                self.own("content-type", "application/json".into());
                'd'
            }
            "data-raw" => {
                // This is the option that reads no file.
                self.query.push(argument(option, words)?.text);
                self.implied = Some("POST");
                return Ok(());
            }
            "data-urlencode" | "url-query" => {
                let text = plain("data", argument(option, words)?)?;
                let text = match (text.strip_prefix('+'), option) {
                    (Some(plain), "url-query") => plain.to_owned(),
                    _ => url::encoded(&text).with_context(|| {
                        format!("`--{option}` reads a file, which is not read here")
                    })?,
                };
                if option == "url-query" {
                    bail!(
                        "curl's option `--url-query` is not served here: write `{}` into the URL",
                        text.escape_debug()
                    );
                }
                self.query.push(text);
                self.implied = Some("POST");
                return Ok(());
            }
            "oauth2-bearer" => {
                let token = argument(option, words)?.text;
                self.own("authorization", format!("Bearer {token}"));
                return Ok(());
            }
            "url" => return self.url(plain("the URL", argument(option, words)?)?),
            "request-target" => {
                self.target = Some(plain("the target", argument(option, words)?)?);
                return Ok(());
            }
            "path-as-is" => {
                self.path_as_is = true;
                return Ok(());
            }
            _ if LONG_WITH_ARGUMENT.contains(&option) => {
                argument(option, words)?;
                return Ok(());
            }
            _ if LONG_ALONE.contains(&option) => return Ok(()),
            _ => match option.strip_prefix("no-") {
                Some(rest) if LONG_ALONE.contains(&rest) => return Ok(()),
                // A secret may follow it.
                _ if let Some((name, _)) = option.split_once('=') => {
                    let name = name.escape_debug();
                    bail!("curl's option `--{name}` takes no `=`: write a space")
                }
                _ => bail!("curl's option `--{}` {}", option.escape_debug(), refused_long(option)),
            },
        };
        self.option(short, || argument(option, words))
    }

    fn short(&mut self, word: &Word, words: &mut impl Iterator<Item = Word>) -> Result<()> {
        let mut letters = word.text.chars().skip(1);
        while let Some(letter) = letters.next() {
            if SHORT_ALONE.contains(letter) {
                self.option(letter, || bail!("no argument"))?;
                continue;
            }
            if !SHORT_WITH_ARGUMENT.contains(letter) {
                bail!("curl's option `-{}` {}", letter.escape_debug(), refused_short(letter));
            }
            // The argument is the rest of the word, or the next word.
            let rest: String = letters.by_ref().collect();
            return self.option(letter, || {
                if rest.is_empty() {
                    return argument(&letter.to_string(), words);
                }
                Ok(Word { text: rest, variable: word.variable.clone() })
            });
        }
        Ok(())
    }

    fn option(&mut self, letter: char, argument: impl FnOnce() -> Result<Word>) -> Result<()> {
        match letter {
            'X' => self.method = Some(plain("the method", argument()?)?),
            'H' => self.header(&argument()?.text)?,
            'd' => {
                let data = argument()?;
                if data.text.starts_with('@') {
                    self.file = Some(data.text);
                } else if data.variable.is_some() {
                    self.file = data.variable;
                } else {
                    self.query.push(data.text);
                }
                self.implied = Some("POST");
            }
            'F' => {
                argument()?;
                self.implied = Some("POST");
            }
            'T' => {
                self.upload = Some(plain("the file", argument()?)?);
                self.implied = Some("PUT");
            }
            'I' => self.head = true,
            'G' => self.data_in_query = true,
            'g' => self.globs = true,
            'L' => self
                .asked
                .notes
                .push("told is the first request: redirects are not followed here".into()),
            'E' => {
                argument()?;
                self.asked.notes.push(
                    "the names in curl's certificate are said by --certificate-uri and its like"
                        .into(),
                );
            }
            'r' => {
                let range = argument()?.text;
                self.own("range", format!("bytes={range}"));
            }
            'u' => {
                let user = argument()?.text;
                if !user.contains(':') {
                    self.asked.notes.push(
                        "curl asks for the password, which is empty here: write -u NAME:PASSWORD"
                            .into(),
                    );
                }
                self.basic(&user);
            }
            'A' => {
                let agent = argument()?.text;
                self.own("user-agent", agent);
            }
            'b' => {
                let cookie = argument()?.text;
                if !cookie.is_empty() && !cookie.contains('=') {
                    bail!(
                        "`-b {}` reads cookies of a file, which is not read here",
                        cookie.escape_debug()
                    );
                }
                self.cookies.extend(Some(cookie).filter(|cookie| !cookie.is_empty()));
            }
            'e' => {
                let referer = argument()?.text;
                self.own("referer", referer.trim_end_matches(";auto").to_owned());
            }
            letter if SHORT_WITH_ARGUMENT.contains(letter) => _ = argument()?,
            _ => {}
        }
        Ok(())
    }
}

fn argument(option: &str, words: &mut impl Iterator<Item = Word>) -> Result<Word> {
    words.next().with_context(|| format!("curl's option `{option}` lacks its argument"))
}

/// Refuses a word in which the shell would replace a variable. In header values that can be a
/// secret of the policy; elsewhere its value is unknown.
fn plain(what: &str, word: Word) -> Result<String> {
    match word.variable {
        Some(variable) => bail!(
            "{what} has a variable of the shell, `{}`: write its value",
            variable.escape_debug()
        ),
        None => Ok(word.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        match parse(line) {
            Ok(asked) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let headers = asked.headers.iter();
                let headers =
                    headers.map(|(name, value)| format!("{}={}", text(name), text(value)));
                let basic = asked.basic.iter().map(|pair| format!("basic={}", text(pair)));
                let headers: Vec<_> = headers.chain(basic).collect();
                format!(
                    "{} {} {} [{}]{}",
                    text(&asked.method),
                    text(&asked.authority.unwrap_or_default()),
                    text(&asked.target.unwrap()),
                    headers.join("|"),
                    if asked.notes.is_empty() { "" } else { " noted" },
                )
            }
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn lines() {
        for (line, expected) in [
            ("curl app.example", "GET app.example / []"),
            ("curl -si -X POST 'http://h:1/a b?c#d'", "POST h:1 /a b?c []"),
            (
                "curl -sSXPOST -HX-A:b -H 'Host: other' https://u:p@h/x",
                "POST other /x [x-a=b|basic=u:p]",
            ),
            ("/usr/bin/curl --json '{}' h/x", "POST h /x [content-type=application/json]"),
            ("curl -d a -d b -G 'h/x?y'", "GET h /x?y&a&b []"),
            ("curl -I h", "HEAD h / []"),
            (
                "curl -T f -u me:secret -A x -b c=d -o /dev/null h",
                "PUT h /f [user-agent=x|cookie=c=d|basic=me:secret]",
            ),
            ("curl h/a/../b?c=/../d", "GET h /b?c=/../d [] noted"),
            ("curl h/./a/..", "GET h / [] noted"),
            ("curl h/a/%2E%2e/b", "GET h /a/%2E%2e/b [] noted"),
            ("curl --path-as-is h/a/../b", "GET h /a/../b []"),
            ("curl \\\n  -H 'A: \"q\"' \\\n  h?x=1", "GET h /?x=1 [a=\"q\"]"),
            (
                "curl --oauth2-bearer t -H 'X;' -H 'Accept:' h",
                "GET h / [x=|authorization=Bearer t]",
            ),
            ("wget h", "a curl line begins with `curl`"),
            ("curl 'h", "the curl line has an unclosed quote"),
            ("curl -X", "curl's option `X` lacks its argument"),
            ("curl -s", "the curl line has no URL"),
            ("curl a b", "one URL at a time"),
            ("$ curl -H $'X-A: b\\'c' h | jq .", "GET h / [x-a=b'c] noted"),
            ("curl.exe h > out.txt", "GET h / []"),
            ("curl -sSXPOST -gH'X-A: $T' 'h/{a,b}'", "POST h /{a,b} [x-a=$T]"),
            ("curl -H \"X-A: $T\" h", "GET h / [x-a=$T]"),
            ("curl -H 'Host:' -H 'Authorization:' -u a:b h", "GET  / []"),
            ("curl -u a:b --oauth2-bearer t h", "GET h / [authorization=Bearer t]"),
            ("curl -u \"me:$T\" h", "GET h / [basic=me:$T]"),
            ("curl -u a:b:c http://x:y@h", "GET h / [basic=a:b:c]"),
            ("curl http://%41:b%3Ac%@h", "GET h / [basic=A:b:c%]"),
            ("curl http://me@h", "GET h / [basic=me:]"),
            ("curl -u me h", "GET h / [basic=me:] noted"),
            (
                "curl -H 'Authorization: Bearer x' --oauth2-bearer y h",
                "GET h / [authorization=Bearer x]",
            ),
            ("curl --request-target '*' -X OPTIONS h/x", "OPTIONS h * []"),
            ("curl -GI --data-urlencode 'a=b c&d' h", "HEAD h /?a=b%20c%26d []"),
            ("curl -d @f -X PUT h", "PUT h / []"),
            ("curl -b a=1 -b c=2 h", "GET h / [cookie=a=1; c=2]"),
            ("curl 'http://[::1]:8/x'", "GET [::1]:8 /x []"),
            ("curl -L --no-keepalive h", "GET h / [] noted"),
            ("curl -G -d @f h", "`@f` stands in the query by `-G`, and is not read here"),
            ("curl -H @f h", "`-H @f` reads headers of a file, which is not read here: write them"),
            ("curl -H nonsense h", "`-H nonsense` is no header line: it has no `:`"),
            ("curl -b f h", "`-b f` reads cookies of a file, which is not read here"),
            ("curl h/$X", "the URL has a variable of the shell, `$X`: write its value"),
            ("curl 'h/{a,b}'", "curl makes several requests of `{a,b}`: write one URL, or use -g"),
            ("curl 'h/[1-3]'", "curl makes several requests of `[1-3]`: write one URL, or use -g"),
            ("curl ftp://h/x", "`ftp` is no HTTP"),
            ("curl -T a/f.txt h/x/", "PUT h /x/f.txt []"),
            ("curl -T - h/x/", "PUT h /x/ []"),
            ("curl -T 'a b' h", "curl adds the file's name to a URL that ends in `/`: write it"),
            (
                "curl -K f h",
                "curl's option `-K` reads options of a file, which is not read here: write them",
            ),
            (
                "curl --config f h",
                "curl's option `--config` reads options of a file, which is not read here: write them",
            ),
            ("curl h --next h", "curl's option `--next` begins a second request: one at a time"),
            (
                "curl -n h",
                "curl's option `-n` reads credentials of a file, which is not read here: write them",
            ),
            ("curl --frobnicate h", "curl's option `--frobnicate` is not served here"),
            ("curl --header='x-a: b' h", "curl's option `--header` takes no `=`: write a space"),
            ("curl -H 'x-a: %TOKEN%' h", "`%TOKEN%` is a variable of cmd: write `$TOKEN`"),
            ("curl -H 'x-a: 5%' -H 'x-b: %41%42' h", "GET h / [x-a=5%|x-b=%41%42]"),
            (
                "curl -H \"x-a: $env:TOKEN\" h",
                "the line has a variable of PowerShell (`$env:NAME`): write `$NAME`",
            ),
            ("curl -H 'x-a:\u{a0}b' h", "GET h / [x-a=\u{a0}b]"),
            ("curl -s! h", "curl's option `-!` is not served here"),
            ("", "a curl line begins with `curl`"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
