use super::*;
use alloc::string::String;

fn aliases(aliases: &Aliases, path: &str) -> Vec<String> {
    let found = aliases.of(path.as_bytes(), 1_000).unwrap();
    found.into_iter().map(|alias| String::from_utf8(alias.into_owned()).unwrap()).collect()
}

fn of(stack: Stack, path: &str) -> Vec<String> {
    aliases(&Aliases::new(Some(stack), &[], &[]), path)
}

#[test]
fn next_serves_a_page_under_further_paths() {
    let next = Aliases::new(Some(Stack::Nextjs), &["/docs"], &["en"]);
    for (path, expected) in [
        ("/_next/data/b1/balance/42.json", &["/balance/42"][..]),
        ("/_next/data/b1/index.json", &["/"]),
        ("/_next/data/b1/en/balance/42.json", &["/en/balance/42", "/balance/42"]),
        ("/docs/en/x", &["/en/x", "/x"]),
        ("/en", &["/"]),
        ("/english", &[]),
        ("/x.rsc", &["/x"]),
        ("/x.prefetch.rsc", &["/x", "/x.prefetch"]),
        ("/x.segments/_tree.segment.rsc", &["/x.segments/_tree.segment", "/x"]),
        ("/_next/data/b1", &[]),
        ("/_next/static/x.js", &[]),
        ("/shop/(.)item/1", &["/shop/item/1"]),
        ("/a/b/(..)item/1", &["/a/item/1"]),
        ("/a/b/c/(..)(..)item", &["/a/item"]),
        ("/a/b/c/(...)item/1", &["/item/1"]),
        ("/(..)item", &["/item"]),
        ("/en/shop/(.)item/1", &["/shop/(.)item/1", "/en/shop/item/1", "/shop/item/1"]),
        ("/shop/(.)item/1.rsc", &["/shop/(.)item/1", "/shop/item/1.rsc", "/shop/item/1"]),
        ("/docs/[[...path]]", &["/[[...path]]", "/docs", "/"]),
        ("/(group)/x", &[]),
    ] {
        assert_eq!(aliases(&next, path), expected, "{path}");
    }
}

#[test]
fn a_data_route_in_a_data_route() {
    let found = of(Stack::Nextjs, "/_next/data/b1/_next/data/b1/x/balance/42.json.json");
    assert!(found.iter().any(|alias| alias == "/balance/42.json"), "{found:?}");
}

#[test]
fn formats() {
    for (stack, path, expected) in [
        (Stack::Django, "/report.json", &["/report", "/report/"][..]),
        (Stack::Django, "/report.json/", &["/report", "/report/"]),
        (Stack::Django, "/report.tar.GZ", &["/report.tar", "/report.tar/"]),
        (Stack::Django, "/api/.json", &["/api/"]),
        (Stack::Django, "/report.", &[]),
        (Stack::Django, "/report.a-b", &[]),
        (Stack::Rails, "/report.tar.gz", &["/report.tar"]),
        (Stack::Rails, "/report.a-b/", &["/report"]),
        (Stack::Go, "/report.", &["/report"]),
        (Stack::Symfony, "/report.tar.gz", &["/report.tar", "/report"]),
        (Stack::Laravel, "/x.y/report.a.b", &["/x.y/report.a", "/x.y/report"]),
        (Stack::Spring, "/report.", &["/report"]),
        (Stack::Spring, "/.json", &["/"]),
        (Stack::Spring, "/v1.2/report", &[]),
        (Stack::Express, "/report.json", &[]),
    ] {
        assert_eq!(of(stack, path), expected, "{stack:?} {path}");
    }
}

#[test]
fn scripts_before_the_path() {
    for (stack, path, expected) in [
        (
            Stack::Symfony,
            "/index.php/internal/x",
            &["/internal/x", "/index.php", "/", "/index"][..],
        ),
        (
            Stack::Laravel,
            "/public/INDEX.PHP/internal/x",
            &["/internal/x", "/public/INDEX.PHP", "/", "/public", "/public/", "/public/INDEX"],
        ),
        (Stack::Symfony, "/app_dev.php", &["/", "/app_dev"]),
        (Stack::Laravel, "/tool.php5/x", &["/x", "/tool.php5", "/", "/tool"]),
        (
            Stack::Laravel,
            "/a.php/b.php/x",
            &["/b.php/x", "/a.php", "/x", "/a.php/b.php", "/b.php", "/", "/a", "/a.php/b", "/b"],
        ),
        (
            Stack::Laravel,
            "/tool.php/x.json",
            &["/x.json", "/tool.php", "/", "/tool.php/x", "/x", "/tool"],
        ),
        (Stack::Laravel, "/index.phpx/x", &["/x/x"]),
        (Stack::Symfony, "/index.phpaccount", &["/account", "/index"]),
        (Stack::Rails, "/index.rbx/x", &[]),
        (Stack::Flask, "/app.fcgi/internal/x", &["/internal/x", "/app.fcgi", "/"]),
        (
            Stack::Django,
            "/admin/index.py",
            &["/", "/admin", "/admin/", "/admin/index", "/admin/index/"],
        ),
        (Stack::Spring, "/admin/index.jsp", &["/admin", "/admin/", "/admin/index"]),
        (Stack::Spring, "/index.html", &["/", "/index"]),
        (Stack::Express, "/index.php/internal/x", &[]),
    ] {
        assert_eq!(of(stack, path), expected, "{stack:?} {path}");
    }
}

#[test]
fn data_of_pages() {
    use Stack as S;
    for (stack, path, expected) in [
        (S::ReactRouter, "/account.data", &["/account"][..]),
        (S::ReactRouter, "/_root.data", &["/_root", "/"]),
        (S::ReactRouter, "/account/_.data/", &["/account/_", "/account", "/account/"]),
        (S::ReactRouter, "/account.rsc", &["/account"]),
        (S::Sveltekit, "/account/__data.json", &["/account", "/account/"]),
        (S::Sveltekit, "/account.html__data.json", &["/account", "/account.html"]),
        (S::Sveltekit, "/__data.json", &["/"]),
        (S::Sveltekit, "/account/__route.js", &["/account", "/account/"]),
        (S::Nuxt, "/account/_payload.json", &["/account", "/account/"]),
        (S::Nuxt, "/_payload.js", &["/"]),
        (S::Nuxt, "/account/_payload-json", &["/account", "/account/"]),
        (S::Astro, "/account.html", &["/account"]),
        (S::Astro, "/account/index.html", &["/account", "/account/", "/account/index"]),
        (S::Astro, "/x/_actions/a/_actions/like", &["/_actions/a/_actions/like", "/_actions/like"]),
        (S::Express, "/account.data", &[]),
    ] {
        assert_eq!(of(stack, path), expected, "{stack:?} {path}");
    }
}

#[test]
fn an_origin_that_is_not_named_has_the_aliases_of_all() {
    let unnamed = Aliases::new(None, &[], &[]);
    for path in [
        "/report.json",
        "/report.",
        "/report.a.b/",
        "/index.php/report",
        "/app.wsgi/report",
        "/_next/data/b1/report.json",
        "/x/(..)report",
        "/report/[[...x]]",
        "/report.data",
        "/report/__data.json",
        "/report.html__data.json",
        "/report/_payload.json",
        "/report/index.html",
    ] {
        assert!(aliases(&unnamed, path).iter().any(|alias| alias == "/report"), "{path}");
    }
    for path in ["/", "/report", "/a/b/c/d", "/a/Report2"] {
        assert_eq!(aliases(&unnamed, path), [] as [&str; 0], "{path}");
    }
}

#[test]
fn other_stacks_have_mounts_only() {
    let api = Aliases::new(Some(Stack::Fastapi), &["/api"], &[]);
    assert_eq!(aliases(&api, "/api/internal/x"), ["/internal/x"]);
    assert_eq!(aliases(&api, "/API"), ["/"]);
    assert_eq!(aliases(&api, "/x.rsc"), Vec::<String>::new());
    for stack in [Stack::Aiohttp, Stack::Express, Stack::Fastify, Stack::Starlette] {
        for path in ["/x", "/x.json", "/index.php/x", "/x.data", "/a/(.)x"] {
            assert_eq!(of(stack, path), [] as [&str; 0], "{stack:?} {path}");
        }
    }
}

#[test]
fn what_is_beyond_the_bound_is_not_forgotten() {
    let mounts = Aliases::new(Some(Stack::Express), &["/a"], &[]);
    let next = Aliases::new(Some(Stack::Nextjs), &[], &["de"]);
    let unnamed = Aliases::new(None, &[], &[]);
    for (aliases, path) in [
        (&mounts, "/a".repeat(1_000)),
        (&next, alloc::format!("/de/_next/data{}/balance/42.json", "/x".repeat(70))),
        (&next, alloc::format!("{}x", "/(.)a".repeat(8))),
        (&unnamed, alloc::format!("/x{}", ".a".repeat(70))),
        (&unnamed, "/x.php".repeat(70)),
    ] {
        assert_eq!(aliases.of(path.as_bytes(), usize::MAX), Err(TooManyAliases), "{path}");
    }
    let expected = [&b"/a/xyz"[..], b"/xyz"].map(Cow::Borrowed);
    assert_eq!(mounts.of(b"/a/a/xyz", 10), Ok(expected.into()));
    assert_eq!(mounts.of(b"/a/a/xyz", 9), Err(TooManyAliases));
}
