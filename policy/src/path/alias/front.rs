//! A script that stands before the path: `/index.php/internal/x` runs `/internal/x`.

use super::Found;
use super::text::strip_ignoring_case;

/// What names of scripts end in. A web server runs the script, and hands it what follows as the
/// path (`PATH_INFO`: RFC 3875, section 4.1.5). PHP's own server does so for every script that is
/// there, Apache for each handler, nginx where `fastcgi_split_path_info` says so. `.cgi`, `.fcgi`
/// and `.wsgi` are how Python and Ruby are run so.
const SCRIPTS: [&[u8]; 7] = [b"php", b"phtml", b"phar", b"cgi", b"fcgi", b"wsgi", b"rb"];

/// Adds what follows each segment that could be a script, wherever the script lies.
pub(super) fn strip<'p>(path: &'p [u8], found: &mut Found<'p>) {
    for (dot, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'.') {
        if found.full {
            return;
        }
        let Some(ending) = path.get(dot + 1..) else { continue };
        // A path can have thousands of dots, and nearly none of them begins one of these.
        if !ending.first().is_some_and(|first| b"pcfwr".contains(&(first | 0x20))) {
            continue;
        }
        for script in SCRIPTS {
            let Some(rest) = strip_ignoring_case(ending, script) else { continue };
            // `.php5` and its like.
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            match rest.get(digits..) {
                Some([]) => found.add(&b"/"[..]),
                Some(rest @ [b'/', ..]) => found.add(rest),
                // Symfony and Laravel cut the name of the script off as a text: `/index.phpx` is
                // `/x` (`Request::prepareBaseUrl`).
                Some(rest) if script == b"php" => found.add([b"/", rest].concat()),
                _ => {}
            }
        }
    }
}
