//! Python's frameworks on the servers that people run them on.

use super::{Origin, Runtime, Weight};

pub(super) const ORIGINS: &[Origin] = &[
    Origin {
        name: "flask-gunicorn",
        command: "{python} -m gunicorn flask_app:app",
        options: GUNICORN,
        ..wsgi("flask")
    },
    flask("flask-waitress", LIGHT, "{python} -m waitress --listen 127.0.0.1:{port} flask_app:app"),
    flask("flask-gevent", MORE, "{python} serve_gevent.py flask_app:app {port}"),
    Origin {
        options: "{port}",
        needs: &["cc"],
        ..flask("flask-uwsgi", "uwsgi.txt", "{python} serve_uwsgi.py flask_app:app")
    },
    Origin {
        name: "django-gunicorn",
        command: "{python} -m gunicorn django_app:application",
        options: GUNICORN,
        ..wsgi("django")
    },
    Origin {
        name: "django-drf",
        command: "{python} -m waitress --listen 127.0.0.1:{port} drf_app:application",
        mounts: &[],
        rules: DRF_RULES,
        more: DRF_PATHS,
        ..wsgi("django")
    },
    django(
        "django-daphne",
        LIGHT,
        "{python} -m daphne -v 0 -b 127.0.0.1 -p {port} django_app:asgi",
    ),
    django("django-hypercorn", LIGHT, HYPERCORN_DJANGO),
    django(
        "django-waitress",
        LIGHT,
        "{python} -m waitress --listen 127.0.0.1:{port} django_app:application",
    ),
    Origin {
        options: GRANIAN,
        ..django(
            "django-granian",
            MORE,
            "{python} -m granian --interface wsgi django_app:application",
        )
    },
    Origin {
        options: "{port}",
        needs: &["cc"],
        ..django("django-uwsgi", "uwsgi.txt", "{python} serve_uwsgi.py django_app:application")
    },
    Origin {
        needs: &["cc", "apxs", "apache2", "unshare"],
        ..django("django-mod-wsgi", "mod_wsgi.txt", "{python} serve_mod_wsgi.py django_app {port}")
    },
    uvicorn("starlette-h11", "starlette", "asgi:starlette --http h11"),
    Origin {
        kin: Some("starlette-h11"),
        ..uvicorn("starlette-httptools", "starlette", "asgi:starlette --http httptools")
    },
    uvicorn("fastapi-h11", "fastapi", "asgi:fastapi --http h11"),
    Origin {
        kin: Some("fastapi-h11"),
        ..uvicorn("fastapi-httptools", "fastapi", "asgi:fastapi --http httptools")
    },
    Origin {
        mounts: &["/v1", "/api"],
        ..uvicorn("fastapi-root-h11", "fastapi", "asgi:rooted --http h11")
    },
    Origin {
        mounts: &["/v1", "/api"],
        kin: Some("fastapi-root-h11"),
        ..uvicorn("fastapi-root-httptools", "fastapi", "asgi:rooted --http httptools")
    },
    // The server that takes a prefix of the path from a header, on every framework above it.
    Origin {
        weight: Weight::Light,
        ..fastapi(
            "fastapi-daphne",
            LIGHT,
            "{python} -m daphne -v 0 -b 127.0.0.1 -p {port} asgi:fastapi",
        )
    },
    Origin {
        options: HYPERCORN,
        ..fastapi("fastapi-hypercorn", LIGHT, "{python} -m hypercorn asgi:fastapi")
    },
    Origin {
        options: GUNICORN,
        ..fastapi(
            "fastapi-gunicorn",
            LIGHT,
            "{python} -m gunicorn asgi:fastapi --worker-class asgi",
        )
    },
    Origin {
        options: GRANIAN,
        ..fastapi("fastapi-granian", MORE, "{python} -m granian --interface asginl asgi:fastapi")
    },
    Origin {
        name: "aiohttp",
        stack: Some("aiohttp"),
        mounts: &["/v1"],
        more: &["/internal"],
        runtime: Runtime::Python(LIGHT),
        command: "{python} aiohttp_app.py {port}",
        ..Origin::PLAIN
    },
    Origin {
        weight: Weight::Light,
        ..unnamed(
            "bottle",
            LIGHT,
            "{python} -m waitress --listen 127.0.0.1:{port} --call wsgi_apps:bottle",
        )
    },
    unnamed(
        "pyramid",
        MORE,
        "{python} -m waitress --listen 127.0.0.1:{port} --call wsgi_apps:pyramid",
    ),
    Origin {
        rules: &[("nightly", &["/nightly_report"])],
        more: &["/internal", "/internal/slash/", "/nightly_report"],
        ..unnamed("cherrypy", MORE, "{python} cherrypy_own.py {port}")
    },
    Origin { more: &["/internal"], ..unnamed("twisted", LIGHT, "{python} twisted_app.py {port}") },
];

/// The routes that REST framework makes from a router and from format suffixes.
const DRF_RULES: &[(&str, &[&str])] = &[
    ("reports", &["/reports/weekly", "/reports/daily", "/exports/all.json"]),
    ("keys", &["/rest/keys", "/rest/keys/{id}", "/rest/keys/{id}/rotate"]),
    ("slips", &["/rest/slips", "/rest/slips/{id}"]),
];

const DRF_PATHS: &[&str] = &[
    "/internal",
    "/internal/report",
    "/internal/report.json",
    "/reports/weekly/",
    "/reports/daily",
    "/exports/all.json",
    "/rest/keys/",
    "/rest/keys/7/",
    "/rest/keys/7/rotate/",
    "/rest/slips",
    "/rest/slips/7",
];

/// The packages of the quick form, and those of the full form alone.
const LIGHT: &str = "requirements.txt";
const MORE: &str = "more.txt";

const fn wsgi(stack: &'static str) -> Origin {
    Origin {
        stack: Some(stack),
        mounts: &["/v1"],
        more: &["/internal", "/internal/slash/"],
        runtime: Runtime::Python(LIGHT),
        ..Origin::PLAIN
    }
}

/// Flask on another server than the first.
const fn flask(name: &'static str, packages: &'static str, command: &'static str) -> Origin {
    Origin {
        name,
        runtime: Runtime::Python(packages),
        command,
        weight: Weight::Full,
        kin: Some("flask-gunicorn"),
        ..wsgi("flask")
    }
}

/// Django on another server than the first.
const fn django(name: &'static str, packages: &'static str, command: &'static str) -> Origin {
    let kin = Some("django-gunicorn");
    Origin { stack: Some("django"), kin, ..flask(name, packages, command) }
}

/// FastAPI on another server than the first.
const fn fastapi(name: &'static str, packages: &'static str, command: &'static str) -> Origin {
    let (more, kin): (&[&str], _) = (&["/internal"], Some("fastapi-h11"));
    Origin { stack: Some("fastapi"), more, kin, ..flask(name, packages, command) }
}

const fn uvicorn(name: &'static str, stack: &'static str, options: &'static str) -> Origin {
    let more = &["/internal", "/internal/app/x"];
    Origin { name, command: UVICORN, options, more, ..wsgi(stack) }
}

/// A framework that the policy can't name.
const fn unnamed(name: &'static str, packages: &'static str, command: &'static str) -> Origin {
    Origin { stack: None, kin: None, ..flask(name, packages, command) }
}

const GUNICORN: &str = "--config gunicorn.conf.py --bind 127.0.0.1:{port} --log-level critical";

const UVICORN: &str = "{python} -m uvicorn --host 127.0.0.1 --port {port} --log-level critical \
    --no-access-log --timeout-keep-alive 60";

const HYPERCORN: &str = "--bind 127.0.0.1:{port} --keep-alive 60 --log-level critical";

const HYPERCORN_DJANGO: &str = "{python} -m hypercorn django_app:asgi --bind 127.0.0.1:{port} \
    --keep-alive 60 --log-level critical";

const GRANIAN: &str = "--host 127.0.0.1 --port {port} --log-level critical";
