//! One of each kind that is known to lead somewhere on some origin: these are sent however few the
//! targets are.

use super::tokens;
use crate::probe::Probe;

/// A way to spell a base, by what is replaced in it by what; `^` is its start, `$` its end.
const WAYS: &[(&str, &str)] = &[
    ("k", "%E2%84%AA"),
    ("s", "%C5%BF"),
    ("i", "%C4%B1"),
    ("i", "%C4%B0"),
    ("s/", "s%2f"),
    ("/", "%2f"),
    ("/", "%5c"),
    ("/", "\\"),
    ("/", "//"),
    ("/", "%c0%af"),
    ("/", "/./"),
    ("i", "%69"),
    ("i", "%2569"),
    ("i", "%u0069"),
    ("a", "%u0061"),
    ("a", "%61"),
    ("a", "A"),
    ("a", "a%ff"),
    ("a", "a%80"),
    ("a", "a%ad"),
    ("a", "a%09"),
    ("a", "a\t"),
    ("t", "t%ff"),
    ("/", "/x/../"),
    ("/", "/x/%2e%2e/"),
    ("/", "/x/..;/"),
    ("/", "/x\\..\\"),
    ("/", ";x/"),
    ("^", "*"),
    ("^", "x"),
    ("^", " "),
    ("^", "/"),
    ("^", "http://x"),
    ("^", "http:/"),
    ("^", "http:"),
    ("^", "//x"),
    ("^", "//admin.example"),
    ("^", "/index.php"),
    ("^", "/app_dev.php"),
    ("^", "/public"),
    ("^", "/v1"),
    ("^", "/de"),
    ("^", "/_next/data/b1"),
    ("$", "%"),
    ("$", "%2"),
    ("$", "%ff"),
    ("$", "%00"),
    ("$", "%0a"),
    ("$", "%20"),
    ("$", "%23"),
    ("$", "%3f"),
    ("$", "/"),
    ("$", "/."),
    ("$", ";"),
    ("$", ";x"),
    ("$", "#x"),
    ("$", ".json"),
    ("$", ".json/"),
    ("$", ".xml"),
    ("$", ".html"),
    ("$", ".api"),
    ("$", ".data"),
    ("$", ".rsc"),
    ("$", "/__data.json"),
    ("$", "/_payload.json"),
    ("$", "/index.html"),
    ("$", "?_method=POST"),
];

/// The last separator of a base, before whose segment intercepting routes put their mark.
const MARKS: &[&str] = &["(.)", "(..)", "(...)", "(..)(..)"];

/// Bases for each way: the first to which it applies, and some further on.
const EACH: usize = 2;

pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for (index, (text, by)) in WAYS.iter().enumerate() {
        let spelled = bases.iter().cycle().skip(index).take(bases.len()).filter_map(|base| {
            let target = match *text {
                "^" => format!("{by}{base}"),
                "$" => format!("{base}{by}"),
                text => {
                    // A letter where rules name it, near the start; of separators not the first.
                    let at = if text == "/" { base.rfind(text)? } else { base.find(text)? };
                    format!("{}{by}{}", &base[..at], &base[at + text.len()..])
                }
            };
            Some(Probe::get(tokens::bytes(&target)))
        });
        found.extend(spelled.take(EACH));
    }
    for (index, mark) in MARKS.iter().enumerate() {
        for base in bases.iter().cycle().skip(index * EACH).take(EACH) {
            let at = base.rfind('/').map_or(0, |at| at + 1);
            found.push(Probe::get(format!("{}{mark}{}", &base[..at], &base[at..])));
        }
    }
    for base in bases.iter().take(EACH) {
        for (name, prefix) in [
            ("Daphne-Root-Path", "/public"),
            ("SCRIPT_NAME", "/public"),
            ("Script-Name", "/public"),
            ("X-Script-Name", "/public"),
            ("X-Forwarded-Prefix", "/public"),
            ("Daphne!Root!Path", "/public"),
        ] {
            found.push(Probe::get(format!("{prefix}{base}")).with_header(name, prefix));
        }
        for name in ["X-Original-URL", "X-Rewrite-URL", "X-Original-Path", "PATH_INFO"] {
            found.push(Probe::get("/pub").with_header(name, base.as_str()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::GUARDED;

    #[test]
    fn each_kind_is_there_and_they_are_few() {
        let bases = GUARDED.map(str::to_owned);
        let found = probes(&bases);
        assert!(found.len() < 250, "{}", found.len());
        for kind in
            ["tas%E2%84%AAs", "%u0061", "%ff", ".json", "/index.php", "(.)", "//admin", "%2"]
        {
            let has = |probe: &Probe| String::from_utf8_lossy(&probe.target).contains(kind);
            assert!(found.iter().any(has), "{kind}");
        }
    }
}
