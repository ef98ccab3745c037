//! Next.js, which is built first.

use super::{Origin, Runtime, Weight};

pub(super) const ORIGINS: &[Origin] = &[Origin {
    name: "nextjs",
    stack: Some("nextjs"),
    locales: &["en", "de"],
    // A gate can't see rewrites: whoever has them names their sources.
    rules: &[
        ("rewritten", &["/old/runs", "/older/*", "/alias/{id}"]),
        ("item", &["/shop/item/{id}"]),
    ],
    more: &[
        "/old/runs",
        "/older/secret",
        "/alias/42",
        "/_next/data/b1/balance/42.json",
        "/_next/data/b1/internal/secret.json",
        "/_next/data/b1/de/balance/admin.json",
        "/_next/data/b1/old/runs.json",
        "/_next/data/b1/alias/42.json",
        "/_next/image?url=/balance/42&w=640&q=75",
        "/_next/image?w=640&q=75&url=%2Finternal%2Fsecret",
        "/_next/image?url=%2Fapi%2Fdashboard%2Flatest-runs&w=640&q=75",
        "/de/balance/42",
        "/en/old/runs",
        "/internal/secret.rsc",
        "/internal/jobs/7/status.segments/_tree.segment.rsc",
        "/internal/secret?_rsc=1",
        // Its form names a server action, its slot is a page.
        "/internal/board",
        "/shop/item/1",
        // Pages that are shown in place of others, at any depth.
        "/shop/(.)item/1",
        "/shop/feed/(..)item/1",
        "/shop/feed/(...)internal/secret",
        "/shop/feed/deep/(..)(..)item/1",
        "/_next/data/b1/shop/(.)item/1.json",
        "/_next/image?url=/shop/(.)item/1&w=640&q=75",
    ],
    runtime: Runtime::Node("nextjs"),
    // Building imports the handlers, which open their file.
    prepare: &["env ATTACK_RAN=/dev/null npm run build"],
    command: "node node_modules/next/dist/bin/next start --hostname 127.0.0.1 --port {port}",
    weight: Weight::Full,
    asks_itself: true,
    ..Origin::PLAIN
}];
