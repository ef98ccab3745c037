//! Targets that stand for all others: for each path of either policy itself, what is beside, above
//! and below it, and the ways in which origins spell it.

use std::collections::BTreeSet;

/// A path of a rule, cut into segments.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Pattern {
    /// A literal, or `None` for any segment.
    segments: Vec<Option<String>>,
    below: bool,
}

impl Pattern {
    /// Reads a path that the core has found to be good.
    pub(super) fn parse(text: &str) -> Self {
        let rest = text.strip_prefix('/').unwrap_or(text);
        if rest == "*" {
            return Self { segments: Vec::new(), below: true };
        }
        let (rest, below) = rest.strip_suffix("/*").map_or((rest, false), |rest| (rest, true));
        let segment = |text: &str| {
            let is_open = text.starts_with('{') && text.ends_with('}');
            let doubled = text.starts_with("$$") || text.starts_with("::");
            (!is_open).then(|| text.get(usize::from(doubled)..).unwrap_or_default().to_owned())
        };
        Self { segments: rest.split('/').map(segment).collect(), below }
    }

    /// The literals in it.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flatten().map(String::as_str)
    }

    /// The paths that both cover, if neither covers all of the other's.
    pub(super) fn meet(&self, other: &Self) -> Option<Self> {
        let (mine, theirs) = (self.segments.len(), other.segments.len());
        if mine < theirs && !self.below || theirs < mine && !other.below {
            return None;
        }
        let mut segments = Vec::new();
        for at in 0..mine.max(theirs) {
            segments.push(match (self.segments.get(at), other.segments.get(at)) {
                (Some(Some(one)), Some(Some(two))) if one != two => return None,
                (Some(Some(one)), _) | (_, Some(Some(one))) => Some(one.clone()),
                _ => None,
            });
        }
        let meet = Self { segments, below: self.below && other.below };
        (meet != *self && meet != *other).then_some(meet)
    }

    /// Returns `true` if one of two patterns could cover the other, or a part of it, or what is above
    /// it.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let mut both = self.segments.iter().zip(&other.segments);
        both.all(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => true,
        })
    }

    /// A path that it covers, with this text in the place of any segment.
    pub(super) fn path(&self, any: &str) -> String {
        let segments = self.segments.iter();
        let path: String =
            segments.map(|segment| format!("/{}", segment.as_deref().unwrap_or(any))).collect();
        if path.is_empty() { "/".to_owned() } else { path }
    }

    fn has_open(&self) -> bool {
        self.segments.iter().any(Option::is_none)
    }
}

/// The parts of a policy from which targets are made, of both policies.
pub(super) struct Words<'w> {
    /// A segment that no pattern has as a literal.
    pub(super) any: String,
    /// Mounts, and locales with a slash before them.
    pub(super) prefixes: &'w [String],
    /// Methods that either policy names.
    pub(super) methods: &'w BTreeSet<String>,
}

impl Words<'_> {
    /// A pattern's own path and its plain neighbours.
    pub(super) fn plain(&self, pattern: &Pattern) -> Vec<String> {
        let any = &self.any;
        let path = pattern.path(any);
        let path = path.trim_end_matches('/');
        let mut all = vec![pattern.path(any)];
        all.extend(
            ["/", &format!("/{any}"), &format!("/{any}/{any}"), any].map(|s| format!("{path}{s}")),
        );
        let mut parent = path;
        while let Some((head, _)) = parent.rsplit_once('/') {
            all.push(if head.is_empty() { "/".to_owned() } else { head.to_owned() });
            all.push(format!("{head}/{any}"));
            parent = head;
        }
        if pattern.has_open() {
            all.push(pattern.path(""));
        }
        all
    }

    /// The ways in which origins spell a path, and the further paths of its handler.
    pub(super) fn spelled(&self, pattern: &Pattern) -> Vec<String> {
        let any = &self.any;
        let path = pattern.path(any);
        let path = path.trim_end_matches('/');
        let (head, last) = path.rsplit_once('/').unwrap_or_default();
        let mut all = Vec::new();
        let mut add = |text: String| all.push(text);
        if let Some((at, c)) = last.char_indices().next() {
            let rest = last.get(at + c.len_utf8()..).unwrap_or_default();
            let code = u32::from(c);
            add(format!("{head}/{}{rest}", c.to_ascii_uppercase()));
            add(format!("{head}/%{code:02x}{rest}"));
            add(format!("{head}/%25{code:02x}{rest}"));
            add(format!("{head}/%u{code:04x}{rest}"));
        }
        add(path.to_ascii_uppercase());
        for end in [
            ";",
            ";/x",
            "/.",
            "/..",
            "/x/..",
            "/x/../..",
            "/%2e%2e",
            "%2f",
            "%2fx",
            "%5cx",
            "%252fx",
            "%3f",
            "%3fx",
            "%23x",
            "#x",
            "%00",
            "%0a",
            "%20",
            "//",
            "/x//y",
            "%",
            "%zz",
            "%ff",
            ".json",
            ".json/",
            ".rsc",
            ".data",
            ".html",
            "/index",
            "/index.html",
            "/index.php",
            "/__data.json",
            "/_payload.json",
            "/_.data",
            "/.x/y",
            "/@@",
            "/q-data.json",
            "/(.)x",
            ".x/y",
            "?x",
        ] {
            let end = end.replace(['x', 'y'], any);
            if path.is_empty() {
                add(format!("/{}", end.trim_start_matches('/')));
            }
            add(format!("{path}{end}"));
            let whole = pattern.path(any);
            if whole != path {
                add(format!("{whole}{end}"));
            }
        }
        let up = "/%2e%2e".repeat(pattern.segments.len() + 1);
        add(format!("{path}{up}/{any}"));
        for start in [
            "/",
            "/.",
            "/x/..",
            "/x/%2e%2e",
            "/x/..;",
            "/x;/..",
            "\\",
            "//x",
            "http://x",
            "/x%2f..",
            "/%2e",
            "/index.php",
            "/x.cgi",
            "/_next/image?url=",
            "/_image?href=",
            "/x?url=",
            "/RSC/R",
            "/_expo/loaders",
        ] {
            add(format!("{}{path}", start.replace('x', any)));
        }
        add(format!("/_next/data/{any}{path}.json"));
        add(format!("/page-data{path}/page-data.json"));
        for slash in ["//", "\\", "%2f", "%5c", "%252f", "/./", ";/", "/x/../"] {
            add(format!("{head}{}{last}", slash.replace('x', any)));
        }
        for prefix in self.prefixes {
            let below = if pattern.below { format!("/{any}") } else { String::new() };
            add(format!("{prefix}{path}"));
            add(format!("{prefix}{}", pattern.path(any)));
            add(format!("{prefix}{path}{below}"));
            if let Some(rest) = path.strip_prefix(prefix.as_str()) {
                add(if rest.is_empty() { "/".to_owned() } else { rest.to_owned() });
            }
        }
        for handler in UNNAMED {
            add(format!("{path}{}", handler.replace('x', any)));
        }
        for method in self.methods.iter().map(String::as_str).chain(["PURGE"]) {
            let whole = pattern.path(any);
            add(format!("{path}?_method={method}"));
            add(format!("{whole}?_method={method}"));
        }
        // What stands below a mount is spelled in the same ways.
        let spelled = all.clone();
        for prefix in self.prefixes {
            let rooted = spelled.iter().filter(|target| target.starts_with('/'));
            all.extend(rooted.map(|target| format!("{prefix}{target}")));
        }
        all
    }

    /// Targets that origins could read as one path or as the other.
    pub(super) fn either(&self, one: &Pattern, other: &Pattern) -> Vec<String> {
        let (head, tail) = (one.path(&self.any), other.path(&self.any));
        let head = head.trim_end_matches('/');
        let deep = one.segments.len();
        let mut all = vec![format!("{head}{}{tail}", "/%2e%2e".repeat(deep))];
        for cut in ["%3f", "%23", "%00", ";"] {
            all.push(format!("{head}{cut}{}{tail}", "/..".repeat(deep)));
        }
        all.push(format!("{head}?url={tail}"));
        all.push(format!("/_next/image?url={head}&url={tail}"));
        all
    }
}

/// A target that can be read in too many ways.
pub(super) fn too_complex() -> String {
    format!("/{}", "%25;%5c".repeat(400))
}

/// Paths that run a handler which they don't name, or that the query does.
const UNNAMED: [&str; 7] = [
    "/_server-islands/x",
    "/_app/remote/x/x",
    "/__nuxt_island/x.json",
    "/_fragment?_path=x",
    "/_actions/x",
    "/?_action=x",
    "/functionRouter",
];

/// Targets that a path of neither policy covers, unless one covers everything.
pub(super) fn elsewhere(any: &str) -> Vec<String> {
    let plain = ["/", "/x", "/x/x", "/%2e/x"];
    plain.iter().chain(&UNNAMED).map(|target| target.replace('x', any)).collect()
}
