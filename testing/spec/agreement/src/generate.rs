//! Seeded targets: paths that some gate guards, some steps away from how they are written, and
//! soups of what means something to a gate.

/// SplitMix64 (Steele, Lea and Flood, 2014): the same targets in every run, without a dependency.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// With a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap_or(1)).unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Paths that the gates of [`gates`](crate::gates) guard, and neighbours of theirs.
const PATHS: [&str; 32] = [
    "/internal",
    "/internal/x",
    "/internal/health",
    "/internal/7/deep",
    "/internal/a/b/c",
    "/api/dashboard/latest-runs",
    "/api/v2/internal/x",
    "/api/v2/balance/42",
    "/svc/api/dashboard/latest-runs",
    "/balance/42",
    "/balance/",
    "/balance/admin",
    "/balance/Admin",
    "/docs/en/balance/42",
    "/de-CH/internal/x",
    "/_next/data/b1/balance/42.json",
    "/_next/data/b1/index/internal/x.json",
    "/en/_next/data/b1/x/balance/42.json",
    "/internal/x.rsc",
    "/balance/42.segments/_tree.segment.rsc",
    "/_next/image",
    "/a/q/z",
    "/a//z",
    "/v1/q/b/deep",
    "/c/q/w",
    "/Mixed/7/",
    "/a/b",
    "/jobs",
    "/m/internal/health",
    "/tasks/k-s_1/i",
    "/TASKS/k-s_1",
    "/",
];

/// Further paths under which stacks serve what the gates guard.
const TWINS: [&str; 42] = [
    "/internal/x.json",
    "/internal.json/",
    "/api/dashboard/latest-runs.json",
    "/api/dashboard/latest-runs.a.b",
    "/api/dashboard/latest-runs.",
    "/api/internal.xml",
    "/internal/.json",
    "/en/api/dashboard/latest-runs.html/",
    "/index.php/internal/x",
    "/public/app_dev.php/balance/42",
    "/index.php5/en/internal.json",
    "/x.cgi/y.wsgi/balance/admin",
    "/INTERNAL.fcgi",
    "/account.data",
    "/account/settings/_.data",
    "/_root.data",
    "/internal/_root.rsc",
    "/docs/account.manifest/",
    "/account/__data.json",
    "/account.html__data.json",
    "/docs/account/settings/__route.js",
    "/account/_payload.json",
    "/account/_payload.js",
    "/en/account/_payload-json",
    "/account/_payload/json",
    "/account.html",
    "/account/settings/index.html",
    "/_actions/like",
    "/x/_actions/_actions/like",
    "/?_action=like",
    "/x?a&%5faction=like&_action=x",
    "/_image?href=/account",
    "/docs/_image/?w=1&href=%2Faccount&url=/internal",
    "/_app/remote/1c2ab/getPosts",
    "/__nuxt_island/Card_x1.json?url=/account",
    "/docs/_server-islands/Avatar",
    "/_fragment?_path=x",
    "/internal/(.)x",
    "/shop/x/(..)item/7",
    "/a/b/(..)(..)balance/42",
    "/a/(...)internal/(.)x.rsc",
    "/balance/[[...user]]",
];

/// Texts in place of a slash.
const SEPARATORS: [&str; 28] = [
    "//",
    "/./",
    "/x/../",
    "/x/y/../../",
    "\\",
    "/\\",
    "\\\\",
    ";/",
    ";a=b/",
    "/.;/",
    "/..;/",
    "/x/..;/",
    "/x\\..\\",
    "%2f",
    "%2F",
    "%5c",
    "%252f",
    "/%2e/",
    "/x/%2e%2e/",
    "/x/.%2E/",
    "/%00/../",
    "/ /",
    "%c0%af",
    "%u002f",
    "/%e0%80%ae%c0%ae/",
    "/x/%c0%ae%u002e/",
    "%c1%1c",
    "%25u002F",
];

const BEFORE: [&str; 29] = [
    "/",
    "//",
    "/.",
    "/..",
    "/x/..",
    "/x;y/..",
    "\\",
    "*",
    "http:",
    "http://host",
    "HTTP://u@h:1\\a",
    "//host",
    "/\\host",
    "x",
    "/docs",
    "/en",
    "/m",
    "/api/v2",
    "/_next/data/b1",
    "?",
    "/_next/image?url=",
    "/_next/image?w=1&url=%2Fx&url=",
    "http:/",
    "https:two.example",
    "//one.example",
    "//one.example:8080/x/..",
    "/\\u@two.example",
    "/y/..//two.example.",
    "\u{1} ",
];

const BEHIND: [&str; 32] = [
    "/",
    "//",
    "/.",
    "/..",
    "/x/..",
    "/x/../..",
    ";",
    ";a=b",
    ";/..",
    "#x",
    "?x",
    "?url=/balance/42",
    "%3f",
    "%23",
    "%00",
    "%0a",
    " ",
    "\t",
    "\n",
    "\u{a0}",
    ".json",
    ".rsc",
    "%",
    "%2",
    "%2#x",
    "%%",
    "%zz",
    "%ff",
    "\u{e2}\u{84}",
    "%E3%80%80",
    "%c2%a0",
    "%01",
];

const SOUP: [&str; 62] = [
    "/",
    "/",
    "/",
    "\\",
    "internal",
    "balance",
    "admin",
    "a",
    "b",
    "c",
    "z",
    "x",
    "..",
    ".",
    "%2e",
    "%2f",
    "%5c",
    "%25",
    "%252e",
    "%",
    "2",
    "f",
    ";",
    "?",
    "#",
    "//",
    ":",
    "http:",
    "*",
    "_next/data/b/",
    ".json",
    "_next/image",
    "?url=",
    "&url=",
    "en",
    "docs",
    ".rsc",
    " ",
    "\u{ff}",
    "\0",
    "tasks",
    "%u0069",
    "%U212A",
    "u",
    "%6@",
    "%6:",
    "`",
    "%c1%a9",
    "%c0",
    "%e1%80",
    "%f0%80%81%a9",
    "%E2%84%AA",
    "%C5%BF",
    "%c4%b0",
    "\u{c4}\u{b1}",
    "%c3%9f",
    "%df",
    "%ef%ac%85",
    "%uFB06",
    "one.example",
    "https:",
    "_",
];

/// Characters that fold into ASCII, escaped, with what they fold into.
const FOLDS: [(&str, &str); 10] = [
    ("k", "%E2%84%AA"),
    ("s", "%C5%BF"),
    ("i", "%C4%B0"),
    ("i", "%c4%b1"),
    ("k", "%u212A"),
    ("s", "%u017f"),
    ("st", "%ef%ac%85"),
    ("st", "%EF%AC%86"),
    ("s", "%25C5%25BF"),
    ("k", "\u{e2}\u{84}\u{aa}"),
];

/// A target.
pub fn target(random: &mut Random) -> Vec<u8> {
    let text = match random.below(8) {
        0 => (0..random.below(12)).map(|_| random.one_of(&SOUP)).collect(),
        _ => {
            let twin = random.below(2) == 0;
            let mut path =
                if twin { random.one_of(&TWINS) } else { random.one_of(&PATHS) }.to_owned();
            for _ in 0..random.below(5) {
                path = step(&path, random);
            }
            path
        }
    };
    // Few are long: each of them costs as much as hundreds of others.
    let text = if random.below(1_000) == 0 { text.repeat(random.below(500)) } else { text };
    let mut bytes = Vec::new();
    for c in text.chars() {
        bytes.push(u8::try_from(c).unwrap_or(b'?'));
    }
    if bytes.is_empty() { b"/".to_vec() } else { bytes }
}

/// One step away from the path.
fn step(path: &str, random: &mut Random) -> String {
    let at = random.below(path.len().max(1));
    // Every text here is Latin-1, and the place may be within a character: then nothing is done.
    let (Some(head), Some(c)) =
        (path.get(..at), path.get(at..).and_then(|rest| rest.chars().next()))
    else {
        return path.to_owned();
    };
    let tail: String = path.chars().skip(head.chars().count() + 1).collect();
    let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    match random.below(14) {
        0 => format!("{}{path}", random.one_of(&BEFORE)),
        1 => format!("{path}{}", random.one_of(&BEHIND)),
        2 | 3 if !slashes.is_empty() => {
            let at = random.one_of(&slashes);
            format!("{}{}{}", &path[..at], random.one_of(&SEPARATORS), &path[at + 1..])
        }
        4 => format!("{head}%{:02x}{tail}", u32::from(c)),
        5 => format!("{head}%25{:02X}{tail}", u32::from(c)),
        6 if c.is_ascii_lowercase() => format!("{head}{}{tail}", c.to_ascii_uppercase()),
        7 => format!("{head}{tail}"),
        8 => format!("{head}%u{:04x}{tail}", u32::from(c)),
        9 => {
            let c = u32::from(c);
            format!("{head}%{:02x}%{:02X}{tail}", 0xc0 | c >> 6 & 1, 0x80 | c & 0x3f)
        }
        10 | 11 => {
            let (from, to) = random.one_of(&FOLDS);
            path.replacen(from, to, 1)
        }
        12 => format!("{head}{}{c}{tail}", random.one_of(&["%ff", "%", "%c3", "\u{80}", "%u"])),
        _ => format!("{head}{}{c}{tail}", random.one_of(&SOUP)),
    }
}
