//! Lawful public URLs, made from what names and queries are really like.

use std::collections::BTreeSet;
use std::path::Path;

use wicketgate_runtime::files;

use crate::grammar;

/// Lawful public targets: those that the vectors keep, and others made from parts. More than 5,000.
/// Targets that are public only at an origin with other mounts than ours are not among them.
pub fn urls(root: &Path) -> Vec<Vec<u8>> {
    let kept = files::read_lossy(&root.join("vectors/paths/lawful.txt"));
    let kept = kept.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let mut urls: BTreeSet<Vec<u8>> = kept
        .filter(|line| !MOUNTED.iter().any(|mounted| line.starts_with(mounted)))
        .map(grammar::unescape)
        .collect();
    for folder in FOLDERS {
        for name in NAMES {
            urls.insert(format!("{folder}{}", escape(name)).into());
            urls.insert(format!("{folder}2026%2F11%2F{}?alt=media", escape(name)).into());
        }
        for path in PATHS {
            urls.insert(format!("{folder}{path}").into());
        }
    }
    for page in PAGES {
        for query in QUERIES {
            urls.insert(format!("{page}?{query}").into());
            urls.insert(format!("{page}?{}", query.repeat(1 + 1_500 / query.len())).into());
        }
    }
    urls.extend(WHOLE.iter().map(|url| url.as_bytes().to_vec()));
    urls.into_iter().collect()
}

/// Guarded below the mounts of the attack's origins.
const MOUNTED: [&str; 3] = ["/v1/internal", "/v1/api/", "/api/internal"];

/// Below these, names are the users' own.
const FOLDERS: &[&str] = &[
    "/files/",
    "/storage/v1/b/my-bucket/o/",
    "/wiki/",
    "/posts/2026/",
    "/download/",
    "/~ana/",
    "/media/@x/",
    "/users/7/documents/",
    "/search/",
    "/tags/",
    "/products/A-1/",
    "/cdn/",
    "/blob/main/",
    "/docs/v1.2/",
    "/index.php/wiki/",
    "/@ana/posts/",
];

/// Names of objects, pages and people, each percent-encoded as a client does it.
const NAMES: &[&str] = &[
    "report.pdf",
    "a/b/c.txt",
    "100% cotton.png",
    "50%",
    "%20",
    "C# in depth",
    "why?.txt",
    "a&b=c",
    "[draft]",
    "semi;colon",
    "back\\slash",
    "quote\"s",
    "tab\tx",
    "line\nbreak",
    "plus+sign",
    "at@sign",
    "tilde~",
    ".hidden",
    "..",
    "...",
    "..hidden",
    "a..b",
    "a.b.c",
    "trailing.",
    "trailing ",
    " leading",
    "two  spaces",
    "x/../y",
    "/leading",
    "trailing/",
    "a//b",
    "東京",
    "Ελλάδα",
    "Москва",
    "القاهرة",
    "ירושלים",
    "서울",
    "São Paulo",
    "Zürich",
    "naïve",
    "Ångström",
    "Dvořák",
    "ไทย",
    "हिन्दी",
    "😀",
    "👩‍👩‍👧",
    "e\u{301}",
    "ﬁn",
    "ＦＵＬＬ",
    "İstanbul",
    "ß",
    "<b>",
    "{id}",
    "{{x}}",
    "$HOME",
    "a|b",
    "a^b",
    "`x`",
    "~",
    "!",
    "(1)",
    "it's",
    "a,b",
    "a:b",
    "C:\\x",
    "*",
    "**/*",
    "http://example.com/a?b#c",
    "mailto:a@b",
    "internal",
    "Internal memo",
    "balance",
    "my/internal/notes.txt",
    "docs/internal/secret",
    "api/dashboard/latest-runs",
    "balance/42 (old)",
    "internal/run.log",
    "{\"a\":1}",
    "SELECT * FROM t",
    "<script>alert(1)</script>",
    "a=1&b=2",
    "%2F",
    "%252F",
    "%2e%2e%2f",
    "\u{feff}x",
    "x\u{200b}",
    "con",
    "nul",
    "index.html",
    "index.php",
    "a.json",
    "a.rsc",
    "a.jsp;v=1",
    "sitemap.xml",
    "robots.txt",
    // Letters that fold into ASCII, or into more of them.
    "Straße",
    "GROẞ",
    "kılıç",
    "KİTAP",
    "ısı ölçümü",
    "ﬁnance & oﬃce",
    "ﬆudio",
    "ſtudium",
    "300\u{212A}",
    "1\u{212B}",
    "ǰ",
    "⅓ ½ ²",
    "Ⓐ ①",
    "crème brûlée",
    "mañana",
    "Škoda",
    // This looks like an escape and is a name.
    "%u0041",
    "%u6771",
    "100%u",
    "%ff",
    "%zz",
    "20%2",
    // Names with a route's syntax in them.
    "Foo_(bar)",
    "(Re)load",
    "(1) (2)",
    "(...)",
    "[id].tsx",
    "[...slug].js",
    "@user",
    "@types/node",
    ":id",
    "$price",
    "_index.md",
    "+page.svelte",
    // And of a format.
    "users.json",
    "a.data",
    "page.html",
    "feed.xml",
    "x.format",
    "x.api",
    "__data.json",
    "_payload.json",
];

/// Texts that paths contain unescaped.
const PATHS: &[&str] = &[
    "map;v=1/tile;x=2,y=3",
    ";jsessionid=A1",
    "a;b;c/d",
    "a//b",
    "a///b//c",
    "https://example.com/x",
    "x:y",
    "a,b,c",
    "@me",
    "(a)",
    "*",
    "a=b",
    "a&b",
    "+",
    "'x'",
    "!$&'()*+,;=:@",
    "~x/.y/..z/...",
    "a.",
    "a..",
    ".a/b",
    "-/_/~",
    "%7Euser",
    "%41%42",
    "%c3%a9",
    "%e2%82%ac",
    "%F0%9F%98%80",
    "a%20b",
    "a+b",
    "a%2Bb",
    "a%2fb",
    "a%5Cb",
    "%25",
    "%2525",
    "a%00b",
    "a%0Ab",
    "a%0D%0Ab",
    "a%09b",
    "a%3Fb",
    "a%23b",
    "a%3Bb",
    "a%26b",
    "%5B%5D",
    "%7B%7D",
    "%22",
    "%3C%3E",
    "%5E%60%7C",
    "%E6%9D%B1",
    "%ff",
    "%C0%AF",
    "a/",
    "a/b/",
    "a%2F",
    "a%2F%2Fb",
    "%2Fa",
    "2026-11-23",
    "1.0.0-rc.1+build.5",
    "0",
    "00",
    "-1",
    "1e9",
    "a_b",
    "A-B",
    "ABC",
    "aBc",
    "x/internalx",
    "internals",
    "balance",
    "x/internal/y",
    "internal-tools/x",
    "internal.html",
    "x/balance/42",
    "balances/42",
    "latest-runs",
    "INTERNAL/x",
    // Latin-1, as old links have it.
    "caf%E9",
    "stra%DFe",
    "ma%F1ana",
    "%C7i%E7ek",
    "%FCber%20uns",
    "a%A0b",
    "a%ADb",
    // As JavaScript's `escape` writes.
    "%u6771%u4EAC",
    "caf%u00e9",
    "%u2122",
    "Foo_(bar)",
    "(a)/(b)",
    "(.)",
    "@x/y",
    "[a]",
    "5.json",
    "5.JSON",
    "a.data",
    "a.xml",
    "a.html",
    "a/index.html",
    "a/__data.json",
    "a/_payload.json",
    "tasks/1",
    "account",
    "%E2%84%AA",
    "index.php/a",
];

/// Pages with queries.
const PAGES: &[&str] = &[
    "/login",
    "/oauth/callback",
    "/oauth2/authorize",
    "/search",
    "/",
    "/sso/saml",
    "/redirect",
    "/proxy",
    "/graphql",
    "/v2/items",
    "/index.php",
    "/users/5.json",
    "/wiki/Foo_(bar)",
    "/share",
    "/a%20b",
];

/// Queries, also such as look like guarded paths.
const QUERIES: &[&str] = &[
    "redirect_uri=https%3A%2F%2Fapp.example%2Finternal%2Fsecret&state=a%2Fb",
    "next=/internal/secret",
    "next=%2Fbalance%2F42",
    "url=/internal/run",
    "url=https://app.example/internal/x",
    "path=../../internal/x",
    "q=%2e%2e%2f%2e%2e%2f",
    "q=a+b&lang=%E6%97%A5",
    "x=1;y=2",
    "a[]=1&a[]=2",
    "a%5Bb%5D=c",
    "?",
    "??x",
    "q=%",
    "q=%zz",
    "&&",
    "=",
    "a=b=c",
    "q='OR'1'='1",
    "code=4%2F0AX4XfWh&scope=email%20openid",
    "t=12:30:00%2B01:00",
    "json=%7B%22a%22%3A1%7D",
    "SAMLRequest=fZJNT8Mw%2BDc%3D",
    "a=/../b",
    "a=//x",
    "q=a|b",
    "_rsc=1abc",
    "utm_source=x&utm_medium=e-mail&gclid=A_b-c.d~",
    "callback=cb&_=1699999999",
    "page=1",
    "_method=get",
    "_method=GET&q=x",
    "_format=json",
    "format=json",
    "action=edit&title=Main_Page",
    "title=Foo_(bar)",
    "_data=routes%2Fblog",
    "_routes=routes%2Fblog",
    "q=%u6771",
    "discount=50%",
    "q=100%&x=1",
    "u=caf%E9",
    "name=stra%C3%9Fe",
    "q=%E2%84%AAelvin",
    "q=@ana+(b)",
    "redirect=%2Ftasks%2F1",
    "next=/account",
];

/// Others. `/api/dashboard/latest-runs.csv` is none: on a stack with formats it is the guarded one.
const WHOLE: &[&str] = &[
    "/.well-known/acme-challenge/x_y-z",
    "/.well-known/openid-configuration",
    "/favicon.ico",
    "/robots.txt",
    "/?",
    "/a?b?c",
    "/internalx",
    "/internal-tools",
    "/internals/x",
    "/xinternal/secret",
    "/balance",
    "/balances",
    "/api/dashboard",
    "/api/dashboard/latest-runs-archive",
    "/api/dashboard/latest",
    "/api/v2/internal/x",
    "/public/internal/x",
    "/docs/internal",
    "/balance-sheet/42",
    "/apis/internal",
    "/proxy/https://example.com/internal/x",
    "/cdn-cgi/image/width=80/https://example.com/a.png",
    "/npm/@scope%2fname/-/name-1.0.0.tgz",
    "/@scope/name",
    "/v1",
    "/v1/items",
    "/v1.2/x",
    "/v10/internal/x",
    "/repo.git/info/refs?service=git-upload-pack",
    "/a/b;c=d/e",
    "/*",
    "/-/x",
    "/_/x",
    "/$x",
    "/%24x",
    "/(a)/b",
    "/@user",
    "/@user/post",
    "/users/5.json",
    "/posts.json",
    "/posts/7.xml",
    "/feed.xml",
    "/feed.json",
    "/sitemap.html",
    "/manifest.json",
    "/data/2026.json",
    "/blog.data",
    "/_root.data",
    "/blog/__data.json",
    "/__data.json",
    "/about/_payload.json",
    "/_payload.json",
    "/about/index.html",
    "/index.html",
    "/index.php",
    "/index.php/wiki/Page",
    "/index.php?title=Main_Page",
    "/app.php/about",
    "/public/logo.png",
    "/cgi-bin/x.cgi?a=b",
    "/_next/data/b1/items/42.json",
    "/_next/image?url=%2Flogo.png&w=640&q=75",
    "/items/1.rsc",
    "/_astro/x.css",
    "/_nuxt/x.js",
    "/_app/immutable/x.js",
    "/accounts",
    "/accounts/7",
    "/account-settings",
    "/accounting",
    "/taskstop/1",
    "/task/1",
    "/kiosk-1_a",
    "/%E2%84%AAiosk",
    "/%u6771",
    "/50%25",
];

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped += &format!("%{byte:02X}");
        }
    }
    // A name of dots alone can't be a segment: clients write it so that no one takes it for one.
    match escaped.as_str() {
        "." | ".." => format!("{escaped}%20"),
        _ => escaped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_and_each_is_one_line() {
        let urls = urls(Path::new("/nowhere"));
        assert!(urls.len() >= 5_000, "{}", urls.len());
        for url in &urls {
            assert_eq!(url.first(), Some(&b'/'));
            assert!(url.iter().all(|byte| byte.is_ascii_graphic()), "{}", url.escape_ascii());
        }
    }
}
