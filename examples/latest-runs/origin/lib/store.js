// The one memory of the app. Next.js bundles each route by itself, so a module-level variable would
// exist several times; `globalThis` exists once.
export const store = (globalThis.latestRunsStore ??= empty());

export function reset() {
  Object.assign(store, empty());
}

function empty() {
  return {
    refreshes: 0,
    latest: new Map(),
    received: new Map(),
    watchlists: new Map([["u-17", ["AAPL", "SAP"]]]),
    entries: {},
    lastHeaders: [],
  };
}
