//! Frameworks that must be built, or that run on what a machine has from its distribution.

use super::{Origin, Runtime, Weight};

/// Building imports the handlers, which may open their file.
const BUILD: &[&str] = &["env ATTACK_RAN=/dev/null npm run build"];

const BUILT: Origin = Origin { prepare: BUILD, weight: Weight::Full, ..Origin::PLAIN };

pub(super) const ORIGINS: &[Origin] = &[
    Origin {
        name: "react-router",
        stack: Some("react-router"),
        more: &[
            "/account.data",
            "/account/.data",
            "/account.data?index",
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
        more: &["/_server-islands/Orders?e=&p=&s=", "/_actions/close", "/?_action=close"],
        runtime: Runtime::Node("astro"),
        command: "env HOST=127.0.0.1 PORT={port} node dist/server/entry.mjs",
        ..BUILT
    },
];
