//! Python's frameworks on the servers that people run them on.

use super::{Origin, Runtime};

pub(super) const ORIGINS: &[Origin] = &[
    Origin {
        name: "flask-gunicorn",
        command: "{python} -m gunicorn flask_app:app",
        options: GUNICORN,
        ..wsgi("flask")
    },
    Origin {
        name: "django-gunicorn",
        command: "{python} -m gunicorn django_app:application",
        options: GUNICORN,
        ..wsgi("django")
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
];

const fn wsgi(stack: &'static str) -> Origin {
    Origin {
        stack: Some(stack),
        mounts: &["/v1"],
        more: &["/internal", "/internal/slash/"],
        runtime: Runtime::Python("requirements.txt"),
        ..Origin::PLAIN
    }
}

const fn asgi(stack: &'static str) -> Origin {
    Origin { more: &["/internal", "/internal/app/x"], ..wsgi(stack) }
}

const fn uvicorn(name: &'static str, stack: &'static str, options: &'static str) -> Origin {
    Origin { name, command: UVICORN, options, ..asgi(stack) }
}

const GUNICORN: &str = "--config gunicorn.conf.py --bind 127.0.0.1:{port} --log-level critical";

const UVICORN: &str = "{python} -m uvicorn --host 127.0.0.1 --port {port} --log-level critical \
    --no-access-log --timeout-keep-alive 60";
