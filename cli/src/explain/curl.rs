//! A line for curl, read as curl reads it as far as the gate would see.

use anyhow::{Context, Result, bail};

use super::request::Asked;

/// Reads a line such as browsers copy and people paste.
pub(super) fn parse(line: &str) -> Result<Asked> {
    // A line that goes on in the next one.
    let line = line.replace(" \\\r\n", " ").replace(" \\\n", " ");
    let words = shlex::split(line.trim()).context("the curl line has an unclosed quote")?;
    let mut words = words.into_iter();
    if words.next().is_none_or(|first| first.rsplit('/').next() != Some("curl")) {
        bail!("a curl line begins with `curl`");
    }
    let mut line = Line::default();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some(long) if !long.is_empty() => line.long(long, &mut words)?,
            _ if word.starts_with('-') && word.len() > 1 => line.short(&word, &mut words)?,
            _ => line.url(&word)?,
        }
    }
    line.finish()
}

#[derive(Default)]
struct Line {
    asked: Asked,
    method: Option<String>,
    /// What of a body says about the method: `POST`, `PUT`, `HEAD`.
    implied: Option<&'static str>,
    url: Option<String>,
    query: Vec<String>,
    data_in_query: bool,
    path_as_is: bool,
}

impl Line {
    fn long(&mut self, option: &str, words: &mut impl Iterator<Item = String>) -> Result<()> {
        // curl takes no `--name=value`.
        let short = match option {
            "request" => 'X',
            "header" => 'H',
            "data" | "data-raw" | "data-binary" | "data-ascii" | "data-urlencode" => 'd',
            "form" | "form-string" => 'F',
            "head" => 'I',
            "get" => 'G',
            "upload-file" => 'T',
            "user" => 'u',
            "user-agent" => 'A',
            "cookie" => 'b',
            "referer" => 'e',
            "json" => {
                self.asked.add_header("content-type", "application/json");
                'd'
            }
            "oauth2-bearer" => {
                let token = argument(option, words)?;
                self.asked.add_header("authorization", format!("Bearer {token}"));
                return Ok(());
            }
            "url" => return self.url(&argument(option, words)?),
            "path-as-is" => {
                self.path_as_is = true;
                return Ok(());
            }
            _ if LONG_WITH_ARGUMENT.contains(&option) => {
                argument(option, words)?;
                return Ok(());
            }
            _ if LONG_ALONE.contains(&option) => return Ok(()),
            _ => bail!("curl's option `--{}` is not known here", option.escape_debug()),
        };
        self.option(short, || argument(option, words))
    }

    fn short(&mut self, word: &str, words: &mut impl Iterator<Item = String>) -> Result<()> {
        let mut letters = word.chars().skip(1);
        while let Some(letter) = letters.next() {
            if SHORT_ALONE.contains(letter) {
                self.option(letter, || bail!("no argument"))?;
                continue;
            }
            if !SHORT_WITH_ARGUMENT.contains(letter) {
                bail!("curl's option `-{}` is not known here", letter.escape_debug());
            }
            // The rest of the word is the argument, or the next word is.
            let rest: String = letters.by_ref().collect();
            return self.option(letter, || {
                if rest.is_empty() { argument(&letter.to_string(), words) } else { Ok(rest) }
            });
        }
        Ok(())
    }

    fn option(&mut self, letter: char, argument: impl FnOnce() -> Result<String>) -> Result<()> {
        match letter {
            'X' => self.method = Some(argument()?),
            'H' => {
                let line = argument()?;
                match line.split_once(':') {
                    // `name:` tells curl to leave one of its own out.
                    Some((_, value)) if value.trim().is_empty() => {}
                    Some((name, value)) => self.asked.add_header(name.trim(), value.trim()),
                    None => {
                        if let Some(name) = line.strip_suffix(';') {
                            self.asked.add_header(name.trim(), "");
                        }
                    }
                }
            }
            'd' => {
                self.query.push(argument()?);
                self.implied = Some("POST");
            }
            'F' => {
                argument()?;
                self.implied = Some("POST");
            }
            'T' => {
                argument()?;
                self.implied = Some("PUT");
            }
            'I' => self.implied = Some("HEAD"),
            'G' => self.data_in_query = true,
            'u' => {
                argument()?;
                // What it says does not matter: it is no bearer token.
                self.asked.add_header("authorization", "Basic dXNlcjpwYXNz");
            }
            'A' => {
                let agent = argument()?;
                self.asked.add_header("user-agent", agent);
            }
            'b' => {
                let cookie = argument()?;
                self.asked.add_header("cookie", cookie);
            }
            'e' => {
                let referer = argument()?;
                self.asked.add_header("referer", referer);
            }
            letter if SHORT_WITH_ARGUMENT.contains(letter) => _ = argument()?,
            _ => {}
        }
        Ok(())
    }

    fn url(&mut self, url: &str) -> Result<()> {
        if self.url.replace(url.to_owned()).is_some() {
            bail!("one URL at a time");
        }
        Ok(())
    }

    fn finish(self) -> Result<Asked> {
        let Self { mut asked, method, implied, url, query, data_in_query, path_as_is } = self;
        let url = url.context("the curl line has no URL")?;
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let mut target = match target {
            target if target.starts_with('/') => target.to_owned(),
            query => format!("/{query}"),
        };
        if data_in_query && !query.is_empty() {
            target.push(if target.contains('?') { '&' } else { '?' });
            target += &query.join("&");
        }
        let path = target.split('?').next().unwrap_or_default();
        let dots = path.split('/').any(|segment| {
            matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
        });
        if dots && !path_as_is {
            asked.notes.push(
                "curl resolves dot segments before it sends, unless it is given --path-as-is: told is what becomes of the target as it is written".into(),
            );
        }
        let implied = if data_in_query { "GET" } else { implied.unwrap_or("GET") };
        asked.method = method.unwrap_or_else(|| implied.into()).into_bytes();
        asked.target = Some(target.into_bytes());
        // A Host of its own goes in the place of the URL's.
        let own = asked.headers.iter().position(|(name, _)| name == b"host");
        asked.authority = Some(match own {
            Some(at) => asked.headers.remove(at).1,
            None => authority.as_bytes().to_vec(),
        });
        Ok(asked)
    }
}

fn argument(option: &str, words: &mut impl Iterator<Item = String>) -> Result<String> {
    words.next().with_context(|| format!("curl's option `{option}` lacks its argument"))
}

const SHORT_ALONE: &str = "#0123456aBfgGiIjJklLMnNOpqRsSvVZ";
const SHORT_WITH_ARGUMENT: &str = "AbcCdDeEFhHKmoPQrtTuUwxXYyz";
const LONG_ALONE: [&str; 20] = [
    "compressed",
    "fail",
    "fail-with-body",
    "globoff",
    "http1.0",
    "http1.1",
    "http2",
    "http2-prior-knowledge",
    "http3",
    "include",
    "insecure",
    "ipv4",
    "ipv6",
    "location",
    "no-buffer",
    "no-progress-meter",
    "remote-name",
    "show-error",
    "silent",
    "verbose",
];
const LONG_WITH_ARGUMENT: [&str; 18] = [
    "cacert",
    "cert",
    "connect-timeout",
    "connect-to",
    "cookie-jar",
    "dump-header",
    "interface",
    "key",
    "max-redirs",
    "max-time",
    "noproxy",
    "output",
    "proxy",
    "resolve",
    "retry",
    "retry-delay",
    "unix-socket",
    "write-out",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        match parse(line) {
            Ok(asked) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let headers = asked.headers.iter();
                let headers: Vec<_> = headers
                    .map(|(name, value)| format!("{}={}", text(name), text(value)))
                    .collect();
                format!(
                    "{} {} {} [{}]{}",
                    text(&asked.method),
                    text(&asked.authority.unwrap()),
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
            ("curl -sSXPOST -HX-A:b -H 'Host: other' https://u:p@h/x", "POST other /x [x-a=b]"),
            ("/usr/bin/curl --json '{}' h/x", "POST h /x [content-type=application/json]"),
            ("curl -d a -d b -G 'h/x?y'", "GET h /x?y&a&b []"),
            ("curl -I h", "HEAD h / []"),
            (
                "curl -T f -u me:secret -A x -b c=d -o /dev/null h",
                "PUT h / [authorization=Basic dXNlcjpwYXNz|user-agent=x|cookie=c=d]",
            ),
            ("curl h/a/../b", "GET h /a/../b [] noted"),
            ("curl h/a/%2E%2e/b", "GET h /a/%2E%2e/b [] noted"),
            ("curl --path-as-is h/a/../b", "GET h /a/../b []"),
            ("curl \\\n  -H 'A: \"q\"' \\\n  h?x=1", "GET h /?x=1 [a=\"q\"]"),
            (
                "curl --oauth2-bearer t -H 'X;' -H 'Accept:' h",
                "GET h / [authorization=Bearer t|x=]",
            ),
            ("wget h", "a curl line begins with `curl`"),
            ("curl 'h", "the curl line has an unclosed quote"),
            ("curl -X", "curl's option `X` lacks its argument"),
            ("curl -s", "the curl line has no URL"),
            ("curl a b", "one URL at a time"),
            ("curl --frobnicate h", "curl's option `--frobnicate` is not known here"),
            ("curl -s! h", "curl's option `-!` is not known here"),
            ("", "a curl line begins with `curl`"),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
