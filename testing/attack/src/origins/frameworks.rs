//! Frameworks that must be built, or that run on what a machine has from its distribution.

use super::{Origin, Runtime, Weight};

/// Debian's place of the components of PHP's frameworks.
const SYMFONY: &str = "/usr/share/php/Symfony/Component/HttpKernel/autoload.php";
const LARAVEL: &str = "/usr/share/php/Illuminate/autoload.php";

/// Debian's place of those of Java.
const JETTY: &str = "/usr/share/java/jetty9-servlet.jar";
const SPRING: &str = "/usr/share/java/spring3-web.servlet.jar";
const TOMCAT: &str = "/usr/share/java/tomcat10-embed-core.jar";

/// Building imports the handlers, which may open their file.
const BUILD: &[&str] = &["env ATTACK_RAN=/dev/null npm run build"];

const BUILT: Origin = Origin { prepare: BUILD, weight: Weight::Full, ..Origin::PLAIN };

const PHP: Origin =
    Origin { runtime: Runtime::Machine("php"), weight: Weight::Full, ..Origin::PLAIN };

/// The front controller's name before a path, with and without a slash between, is no part of it.
const FRONT: &[&str] = &["/index.php/account", "/index.phpinternal/run", "/index.php/balance/42"];

pub(super) const ORIGINS: &[Origin] = &[
    Origin {
        name: "react-router",
        stack: Some("react-router"),
        // A page below another runs that one's loader too.
        rules: &[("below", &["/account/*"])],
        more: &[
            "/account.data",
            "/account/.data",
            "/account.data?index",
            "/account/settings.data?_routes=routes%2Faccount",
            "/balance/admin.data",
            "/internal/run.data",
            "/tasks/kiosk-1_a.data?_routes=routes%2Ftasks",
        ],
        runtime: Runtime::Node("react-router"),
        command: "env HOST=127.0.0.1 PORT={port} node node_modules/@react-router/serve/bin.js \
            build/server/index.js",
        ..BUILT
    },
    Origin {
        name: "sveltekit",
        stack: Some("sveltekit"),
        more: &[
            "/account/__data.json",
            "/account/__data.json?x-sveltekit-invalidated=01",
            "/balance/admin/__data.json",
            "/tasks/kiosk-1_a/__data.json",
            "/internal/remote",
            // The name has a digest of its file's name in it.
            "/_app/remote/1l44o7b/list",
        ],
        runtime: Runtime::Node("sveltekit"),
        command: "env HOST=127.0.0.1 PORT={port} node build/index.js",
        ..BUILT
    },
    Origin {
        name: "nuxt",
        stack: Some("nuxt"),
        more: &[
            "/account/_payload.json",
            "/tasks/kiosk-1_a/_payload.json",
            "/internal/board",
            "/__nuxt_island/Orders.json",
            "/__nuxt_island/Orders_x.json?props=%7B%7D",
        ],
        runtime: Runtime::Node("nuxt"),
        command: "env HOST=127.0.0.1 PORT={port} node .output/server/index.mjs",
        // An island is rendered where its page asks for it, without the page's headers.
        asks_itself: true,
        ..BUILT
    },
    Origin {
        name: "astro",
        stack: Some("astro"),
        more: &[
            // `e` is the component's name, encrypted with the key of the build.
            "/_server-islands/Orders?p=&s=&e=\
             317AB1FFB974643C3936D003t5i8l%2F4%2BfFNESvE9Y2AFLUNFzohZlwA%3D",
            "/_actions/close",
            "/?_action=close",
        ],
        runtime: Runtime::Node("astro"),
        // A key of its own, so that a build can read what another wrote. It guards nothing.
        prepare: &["env ATTACK_RAN=/dev/null \
            ASTRO_KEY=YsQf9NLHi1UsXnEy/fZfR6ixYxG6oaI16Tie2Q3OIbc= npm run build"],
        command: "env HOST=127.0.0.1 PORT={port} node dist/server/entry.mjs",
        ..BUILT
    },
    Origin {
        name: "symfony-nginx",
        stack: Some("symfony"),
        // A route with a format, which stands at its end.
        rules: &[(
            "formats",
            &["/api/dashboard/latest-runs.json", "/api/dashboard/latest-runs.html"],
        )],
        more: FRONT,
        command: "sh serve.sh symfony exact {port}",
        needs: &["nginx", "php-fpm8.2", SYMFONY],
        ..PHP
    },
    Origin {
        name: "laravel-nginx",
        stack: Some("laravel"),
        more: FRONT,
        command: "sh serve.sh laravel any {port}",
        needs: &["nginx", "php-fpm8.2", LARAVEL],
        ..PHP
    },
    Origin {
        name: "php-nginx",
        more: FRONT,
        rules: &[("file", &["/account.php"])],
        command: "sh serve.sh plain any {port}",
        needs: &["nginx", "php-fpm8.2"],
        ..PHP
    },
    Origin {
        name: "symfony-php",
        stack: Some("symfony"),
        more: FRONT,
        command: "php -q -S 127.0.0.1:{port} -t symfony/public",
        kin: Some("symfony-nginx"),
        needs: &["php", SYMFONY],
        ..PHP
    },
    Origin {
        name: "rails",
        stack: Some("rails"),
        more: &["/account.json", "/internal/run.x", "/balance/admin.json", "/tasks/kiosk-1_a.pdf"],
        runtime: Runtime::Machine("rails"),
        command: "env RAILS_ENV=production puma --silent -t 4:4 -b tcp://127.0.0.1:{port} config.ru",
        needs: &["puma", "rails"],
        weight: Weight::Full,
        ..Origin::PLAIN
    },
    Origin {
        name: "spring",
        stack: Some("spring"),
        more: &[
            "/account.json",
            "/internal/run.x",
            "/balance/admin.json",
            "/account;x",
            "/account/",
        ],
        runtime: Runtime::Machine("java"),
        prepare: &["sh build.sh spring"],
        command: "sh serve.sh spring SpringOrigin {port}",
        needs: &["javac", JETTY, SPRING],
        weight: Weight::Full,
        ..Origin::PLAIN
    },
    Origin {
        name: "jetty",
        stack: Some("spring"),
        more: &["/account;x", "/%u0061ccount"],
        runtime: Runtime::Machine("java"),
        prepare: &["sh build.sh jetty"],
        command: "sh serve.sh jetty JettyOrigin {port}",
        needs: &["javac", JETTY],
        weight: Weight::Full,
        ..Origin::PLAIN
    },
    Origin {
        name: "tomcat",
        stack: Some("spring"),
        more: &["/account;x", "/x/..;/account", "/;x/account"],
        runtime: Runtime::Machine("java"),
        prepare: &["sh build.sh tomcat"],
        command: "sh serve.sh tomcat TomcatOrigin {port} decode",
        needs: &["javac", TOMCAT],
        weight: Weight::Full,
        ..Origin::PLAIN
    },
    Origin {
        name: "go",
        stack: Some("go"),
        more: &["/internal/slash/", "/internal/slash/x"],
        runtime: Runtime::Machine("go"),
        prepare: &["sh build.sh"],
        command: "./origin {port}",
        needs: &["go"],
        weight: Weight::Full,
        ..Origin::PLAIN
    },
];
