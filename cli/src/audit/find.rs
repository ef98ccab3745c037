//! Finds audit lines in logs, whatever wraps them: text in front, JSON in strings of JSON (Envoy's
//! JSON application log, Istio, Fluent Bit, Loki, journald, CloudWatch), lines that a container
//! runtime has split, and documents over several lines (`wrangler tail --format json`).

use serde_json::{Map, Value};

/// An audit line.
pub type Audit = Map<String, Value>;

/// Finds audit lines in the lines of one log.
#[derive(Debug, Default)]
pub struct Finder {
    /// Unfinished lines that a runtime has split, of standard output and of standard error.
    split: [String; 2],
    /// A document over several lines, so far.
    document: Option<String>,
    /// Lines that mention a decision and could not be read, such as truncated ones.
    pub unread: u64,
}

/// The greatest depth of JSON in strings of JSON.
const MAX_DEPTH: u8 = 8;
/// The most bytes that are joined from several lines.
const MAX_JOINED: usize = 8 << 20;
/// The most bytes that are read, again and again, in search of the end of one line.
const MAX_WORK: usize = 16 << 20;
/// A field that every audit line has.
const MARK: &str = "wicketgate.decision";

impl Finder {
    /// Takes a line of the log, and returns the audit lines that it completes.
    pub fn line(&mut self, line: &str) -> Vec<Audit> {
        let line = line.trim_end_matches(['\n', '\r']);
        if let Some((stream, is_partial, text)) = cri(line) {
            return self.part(stream, is_partial, text);
        }
        if let Some((stream, text)) = docker(line) {
            // Docker ends a part of a line without a line break; others keep no line breaks at all.
            let found = search(text.trim_end());
            if found.is_empty() {
                return self.part(stream, !text.ends_with('\n'), text.trim_end_matches('\n'));
            }
            return found;
        }
        self.whole(line)
    }

    /// Returns the remaining audit lines when the log has ended.
    pub fn end(&mut self) -> Vec<Audit> {
        let mut found = Vec::new();
        for stream in 0..self.split.len() {
            found.extend(self.part(stream, false, ""));
        }
        if let Some(document) = self.document.take() {
            document.lines().for_each(|line| found.extend(self.read(line)));
        }
        found
    }

    fn part(&mut self, stream: usize, is_partial: bool, text: &str) -> Vec<Audit> {
        let Some(split) = self.split.get_mut(stream) else { return Vec::new() };
        split.push_str(text);
        if is_partial && split.len() < MAX_JOINED {
            return Vec::new();
        }
        let joined = std::mem::take(split);
        self.whole(&joined)
    }

    /// Reads a line that nobody has split. It may belong to a document over several lines.
    fn whole(&mut self, line: &str) -> Vec<Audit> {
        let Some(document) = &mut self.document else {
            if matches!(line.trim_end(), "{" | "[") {
                self.document = Some(line.to_owned());
                return Vec::new();
            }
            return self.read(line);
        };
        document.push('\n');
        document.push_str(line);
        let is_end = matches!(line.trim_end(), "}" | "]" | "}," | "],");
        if !is_end && document.len() < MAX_JOINED {
            return Vec::new();
        }
        let document = self.document.take().unwrap_or_default();
        match serde_json::from_str::<Value>(document.trim_end_matches(',')) {
            Ok(value) => search_value(value),
            // It was no such document.
            Err(_) => document.lines().flat_map(|line| self.read(line)).collect(),
        }
    }

    fn read(&mut self, line: &str) -> Vec<Audit> {
        let found = search(line);
        if found.is_empty() && line.contains(MARK) {
            self.unread += 1;
        }
        found
    }
}

/// A line of the runtimes of Kubernetes: time, stream, `P` for a part or `F` for the end, text.
fn cri(line: &str) -> Option<(usize, bool, &str)> {
    let mut words = line.splitn(4, ' ');
    let (time, stream, tag) = (words.next()?, words.next()?, words.next()?);
    let text = words.next().unwrap_or_default();
    let stream = stream_of(stream)?;
    let is_time =
        time.len() >= 19 && time.contains('T') && time.starts_with(|c: char| c.is_ascii_digit());
    match tag.split(':').next() {
        Some("P") if is_time => Some((stream, true, text)),
        Some("F") if is_time => Some((stream, false, text)),
        _ => None,
    }
}

/// A line of Docker's `json-file`.
fn docker(line: &str) -> Option<(usize, String)> {
    let line = line.trim_start();
    if !line.starts_with('{') || !line.contains("\"log\"") {
        return None;
    }
    let object: Map<String, Value> = serde_json::from_str(line).ok()?;
    let stream = stream_of(object.get("stream")?.as_str()?)?;
    Some((stream, object.get("log")?.as_str()?.to_owned()))
}

fn stream_of(name: &str) -> Option<usize> {
    ["stdout", "stderr"].iter().position(|known| *known == name)
}

/// The audit lines in a text.
pub fn search(text: &str) -> Vec<Audit> {
    let mut search = Search { found: Vec::new(), work: MAX_WORK };
    search.text(text, 0);
    search.found
}

/// The audit lines in a value.
fn search_value(value: Value) -> Vec<Audit> {
    let mut search = Search { found: Vec::new(), work: MAX_WORK };
    search.value(value, 0);
    search.found
}

struct Search {
    found: Vec<Audit>,
    /// The bytes that may still be read, over all depths.
    work: usize,
}

impl Search {
    /// Returns `true` if so many bytes more may be read.
    fn may_read(&mut self, bytes: usize) -> bool {
        let left = self.work.checked_sub(bytes);
        self.work = left.unwrap_or(0);
        left.is_some()
    }

    fn text(&mut self, text: &str, depth: u8) {
        // In journald's form, as numbers, the name does not appear.
        let may_have = text.contains("wicketgate") || text.contains("\"MESSAGE\":[");
        if depth > MAX_DEPTH || !may_have {
            return;
        }
        let mut rest = text;
        while let Some(json) = rest.find('{').and_then(|at| rest.get(at..)) {
            let mut values = serde_json::Deserializer::from_str(json).into_iter::<Value>();
            match values.next() {
                Some(Ok(value)) => {
                    let end = values.byte_offset();
                    let mut inner = Self { found: Vec::new(), work: self.work };
                    inner.value(value, depth);
                    self.work = inner.work;
                    self.found.append(&mut inner.found);
                    rest = json.get(end..).unwrap_or_default();
                }
                tried => {
                    let error = tried.and_then(Result::err);
                    if !self.may_read(error.map_or(1, |error| error.column().max(1))) {
                        return;
                    }
                    let before = self.found.len();
                    if is_escaped(json) {
                        if !self.may_read(json.len()) {
                            return;
                        }
                        if let Some(plain) = unescaped(json) {
                            self.text(&plain, depth + 1);
                        }
                    }
                    rest = if self.found.len() > before {
                        after_string(json)
                    } else {
                        json.get(1..).unwrap_or_default()
                    };
                }
            }
        }
    }

    /// The value may be an audit line, contain some, or contain strings that do. If a collector
    /// keeps a line both as text and as members, it counts once.
    fn value(&mut self, value: Value, depth: u8) {
        match value {
            Value::Object(mut members) => {
                if !members.contains_key(MARK) && is_expanded(&members) {
                    members = flat(members);
                }
                if members.contains_key(MARK) {
                    return self.add(members);
                }
                members.into_iter().for_each(|(_, value)| self.value(value, depth));
            }
            Value::Array(items) => {
                // journald writes a text that is not plain as the numbers of its bytes.
                let byte =
                    |item: &Value| item.as_u64().and_then(|number| u8::try_from(number).ok());
                let bytes: Option<Vec<u8>> = items.iter().map(byte).collect();
                match bytes {
                    Some(bytes) => self.string(&String::from_utf8_lossy(&bytes), depth),
                    None => items.into_iter().for_each(|item| self.value(item, depth)),
                }
            }
            Value::String(text) => self.string(&text, depth),
            _ => {}
        }
    }

    fn string(&mut self, text: &str, depth: u8) {
        let mut inner = Self { found: Vec::new(), work: self.work };
        inner.text(text, depth + 1);
        self.work = inner.work;
        inner.found.into_iter().for_each(|audit| self.add(audit));
    }

    fn add(&mut self, audit: Audit) {
        if !self.found.contains(&audit) {
            self.found.push(audit);
        }
    }
}

/// Returns `true` for JSON with escaped quotes: `{\"a\":…` in a string, `{""a"":…` in CSV.
fn is_escaped(json: &str) -> bool {
    let inner = json.strip_prefix('{').unwrap_or_default().trim_start();
    inner.starts_with('\\') || is_csv(json)
}

fn is_csv(json: &str) -> bool {
    json.strip_prefix('{').unwrap_or_default().trim_start().starts_with("\"\"")
}

/// Removes the escapes, up to the end of the string around it.
fn unescaped(json: &str) -> Option<String> {
    if is_csv(json) {
        let json = json.split("}\"").next().unwrap_or_default();
        return Some(json.replace("\"\"", "\"") + "}");
    }
    let mut plain = String::with_capacity(json.len());
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        match character {
            // The string's end.
            '"' => break,
            '\\' => match characters.next()? {
                'n' => plain.push('\n'),
                't' => plain.push('\t'),
                'r' => plain.push('\r'),
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).ok()?;
                    plain.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                other => plain.push(other),
            },
            other => plain.push(other),
        }
    }
    Some(plain)
}

/// The text after the end of the string that this text is in.
fn after_string(text: &str) -> &str {
    if is_csv(text) {
        return text.split_once("}\"").map_or("", |(_, rest)| rest);
    }
    let mut is_escaped = false;
    let end = text.char_indices().find(|(_, character)| {
        let is_end = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        is_end
    });
    end.and_then(|(at, _)| text.get(at + 1..)).unwrap_or_default()
}

/// Returns `true` if a collector has turned the dots in names into objects.
fn is_expanded(members: &Audit) -> bool {
    let own = members.get("wicketgate").and_then(Value::as_object);
    own.is_some_and(|own| own.get("decision").is_some_and(Value::is_string))
}

/// Turns such objects back into names with dots.
fn flat(members: Audit) -> Audit {
    let mut all = Audit::new();
    for (name, value) in members {
        match value {
            Value::Object(inner) => {
                for (rest, value) in flat(inner) {
                    all.insert(format!("{name}.{rest}"), value);
                }
            }
            value => _ = all.insert(name, value),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LINE: &str = r#"{"@timestamp":"2026-11-23T12:00:00.000Z","wicketgate.decision":"deny","url.path":"/a\"b\\","rule.id":"jobs"}"#;

    fn all(log: &str) -> (usize, u64) {
        let mut finder = Finder::default();
        let mut found: Vec<Audit> =
            log.split_inclusive('\n').flat_map(|line| finder.line(line)).collect();
        found.extend(finder.end());
        let line: Audit = serde_json::from_str(LINE).unwrap();
        assert!(found.iter().all(|audit| *audit == line), "{found:?}");
        (found.len(), finder.unread)
    }

    #[test]
    fn in_every_wrapper() {
        let prefixed =
            format!("[2026-11-23 12:00:00.000][1][warning][wasm] wasm log wicketgate: {LINE}");
        let once = json!({ "time": "x", "level": "warn", "msg": prefixed }).to_string();
        let twice = json!({ "log": format!("{once}\n"), "stream": "stderr" }).to_string();
        let thrice = json!({ "kubernetes": { "pod": "{x}" }, "message": twice }).to_string();
        let tail = json!({ "outcome": "ok", "logs": [{ "message": [LINE], "level": "warn" }] });
        let loki =
            json!({ "streams": [{ "stream": {}, "values": [["1", prefixed], ["2", "x"]] }] });
        let bytes: Vec<u8> = prefixed.bytes().collect();
        let expanded = json!({ "@timestamp": "2026-11-23T12:00:00.000Z", "url": { "path": "/a\"b\\" },
            "rule": { "id": "jobs" }, "wicketgate": { "decision": "deny" } });
        let in_csv = format!("1,\"{}\",x", LINE.replace('"', "\"\""));
        let quoted = |text: &str| Value::from(text).to_string();
        for log in [
            LINE.to_owned(),
            prefixed.clone(),
            once.clone(),
            twice.clone(),
            thrice.clone(),
            format!("2026-11-23T12:00:00.000000000Z stderr F {once}"),
            format!("pod/x container {thrice} {{x}}"),
            tail.to_string(),
            serde_json::to_string_pretty(&tail).unwrap(),
            serde_json::to_string_pretty(&json!([{ "message": once }])).unwrap(),
            serde_json::to_string_pretty(&serde_json::from_str::<Value>(LINE).unwrap()).unwrap(),
            loki.to_string(),
            json!({ "MESSAGE": prefixed, "_PID": "7" }).to_string(),
            json!({ "MESSAGE": bytes }).to_string(),
            json!({ "log": prefixed, "log_processed": serde_json::from_str::<Value>(LINE).unwrap() })
                .to_string(),
            expanded.to_string(),
            in_csv,
            format!("ts=x level=warn msg={}", quoted(&prefixed)),
            format!("ts=x level=warn msg={}", quoted(&once)),
            format!("{{not json}} {{\"a\": {{ {LINE}"),
            json!({ "message": format!("first\nsecond {LINE}\nthird") }).to_string(),
        ] {
            assert_eq!(all(&log), (1, 0), "{log}");
            assert_eq!(all(&format!("\n{log}\r\n{{x}}\n{log}\n")), (2, 0), "{log}");
        }
        assert_eq!(all(&json!([LINE, { "a": LINE }]).to_string()), (2, 0));
        assert_eq!(all(&format!("{LINE} {LINE}")), (2, 0));
    }

    #[test]
    fn lines_that_a_runtime_has_split() {
        let (one, two) = LINE.split_at(40);
        let cri = |stream: &str, tag: &str, text: &str| {
            format!("2026-11-23T12:00:00.1Z {stream} {tag} {text}\n")
        };
        let split =
            cri("stderr", "P", one) + &cri("stdout", "F", "{other}") + &cri("stderr", "F", two);
        assert_eq!(all(&split), (1, 0));
        let docker = |text: &str| format!("{}\n", json!({ "log": text, "stream": "stderr" }));
        assert_eq!(all(&(docker(one) + &docker(&format!("{two}\n")))), (1, 0));
        // Fluent Bit keeps no line breaks.
        assert_eq!(all(&(docker("a") + &docker(LINE) + &docker("b") + &docker(LINE))), (2, 0));
        assert_eq!(all(&cri("stderr", "P", LINE)), (1, 0));
    }

    #[test]
    fn what_is_cut_is_told_and_nothing_takes_long() {
        assert_eq!(all(LINE.get(..80).unwrap()), (0, 1));
        assert_eq!(all("{}\n[]\nx\n"), (0, 0));
        for hostile in [
            "{".repeat(300_000),
            "{\"a\":".repeat(50_000),
            "{\"a".repeat(50_000),
            "{\\".repeat(50_000),
        ] {
            assert_eq!(all(&format!("wicketgate {hostile}")), (0, 0));
        }
    }
}
