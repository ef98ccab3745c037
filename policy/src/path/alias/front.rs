//! A script that stands before the path: `/index.php/internal/x` runs `/internal/x`.

use super::Found;
use super::text::{or_root, strip_ignoring_case, strip_suffix, without_slash};

/// The endings of names of scripts. A web server runs the script, and hands it the rest as the path
/// (`PATH_INFO`: RFC 3875, section 4.1.5). PHP's own server does so for every script that exists,
/// Apache for each handler, nginx if `fastcgi_split_path_info` says so. `.cgi`, `.fcgi`, `.pl`,
/// `.py` and `.wsgi` are how Perl, Python and Ruby are run so; ASP.NET and ColdFusion have
/// `PATH_INFO` too.
const SCRIPTS: [&[u8]; 13] = [
    b"php", b"phtml", b"phar", b"cgi", b"fcgi", b"wsgi", b"rb", b"pl", b"py", b"aspx", b"ashx",
    b"asmx", b"cfm",
];

/// Adds the rest after each segment that could be a script, in whatever folder, and the script
/// itself: `/tool.php/x` runs `/tool.php`, and the folder `/admin/` runs `/admin/index.php`.
pub(super) fn strip<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for (dot, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
        if found.full {
            return;
        }
        let Some(ending) = path.get(dot + 1..) else { continue };
        // A path can have thousands of dots, and nearly none of them begins one of these.
        if !ending.first().is_some_and(|first| b"pcfwra".contains(&(first | 0x20))) {
            continue;
        }
        for script in SCRIPTS {
            let Some(rest) = strip_ignoring_case(ending, script) else { continue };
            // `.php5` and its like.
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            match rest.get(digits..) {
                Some([]) => {
                    found.add(&b"/"[..]);
                    folder(path.get(..dot).unwrap_or_default(), found);
                }
                Some(rest @ [b'/', ..]) => {
                    found.add(rest);
                    found.add(path.get(..path.len() - rest.len()).unwrap_or_default());
                }
                // Symfony and Laravel cut the name of the script off as a text: `/index.phpx` is
                // `/x` (`Request::prepareBaseUrl`).
                Some(rest) if script == b"php" => found.add([b"/", rest].concat()),
                _ => {}
            }
        }
    }
}

/// Adds the folder of a page that is called `index` or `default`, with its slash and without.
fn folder<'p>(page: &'p [u8], found: &mut Found<'p>) {
    for name in [&b"/index"[..], b"/default"] {
        if let Some(folder) = strip_suffix(page, name) {
            found.add(or_root(folder));
            found.add(page.get(..=folder.len()).unwrap_or_default());
        }
    }
}

/// Other files that a web server or a servlet container runs for a folder (`DirectoryIndex`,
/// `index`, `welcome-file`): `/admin/index.jsp` is `/admin/`.
pub(super) fn welcome_files<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for ending in
        [&b".htm"[..], b".html", b".xhtml", b".shtml", b".jsp", b".jspx", b".jsf", b".asp"]
    {
        if let Some(page) = strip_suffix(without_slash(path), ending) {
            folder(page, found);
        }
    }
}
