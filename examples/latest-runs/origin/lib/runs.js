import { store } from "./store";

const STATUSES = ["succeeded", "failed"];

// Takes finished runs into the cache. Each symbol keeps its newest run; an older one, or the same
// one again, changes nothing.
export function refresh(runs) {
  if (!Array.isArray(runs) || runs.length === 0 || !runs.every(isRun)) {
    return null;
  }
  let updated = 0;
  for (const { id, symbol, finished_at, status, score } of runs) {
    const run = { id, symbol, finished_at, status, score };
    const known = store.latest.get(run.symbol);
    if (!known || Date.parse(run.finished_at) > Date.parse(known.finished_at)) {
      store.latest.set(run.symbol, run);
      updated += 1;
    }
    store.received.set(run.id, run);
  }
  store.refreshes += 1;
  return { updated, unchanged: runs.length - updated };
}

// The newest run of every symbol, or of those that a user watches.
export function summary(user) {
  const watched = user && store.watchlists.get(user);
  const runs = [...store.latest.values()].filter((run) => !watched || watched.includes(run.symbol));
  return {
    for: watched ? user : "everyone",
    succeeded: runs.filter((run) => run.status === "succeeded").length,
    failed: runs.filter((run) => run.status === "failed").length,
    runs,
  };
}

export function latest(symbol) {
  return store.latest.get(symbol) ?? null;
}

// Every run of a symbol, in the order of arrival.
export function received(symbol) {
  return [...store.received.values()].filter((run) => run.symbol === symbol);
}

function isRun(run) {
  return (
    run !== null &&
    typeof run === "object" &&
    typeof run.id === "string" &&
    typeof run.symbol === "string" &&
    /^[A-Z]{1,6}$/.test(run.symbol) &&
    !Number.isNaN(Date.parse(run.finished_at)) &&
    STATUSES.includes(run.status) &&
    Number.isFinite(run.score)
  );
}
