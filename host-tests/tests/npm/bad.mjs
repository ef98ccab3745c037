// Prints the faults of every policy in the folder `argv[2]`, in the environment `argv[3]`.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { check, Policy, PolicyError } from "wicketgate-policy";

const [folder, environment] = [process.argv[2], JSON.parse(process.argv[3])];
const said = {};
for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const bytes = readFileSync(`${folder}/${name}`);
  const faults = check(bytes, environment);
  said[name.slice(0, -".json".length)] = faults.map(({ message }) => `${message}\n`).join("");
  for (const { path, found, expected, message } of faults) {
    assert.equal(message, `${path || "policy"}: found ${found}, expected ${expected}`);
  }
  assert.throws(() => new Policy(bytes, environment), (error) => {
    assert(error instanceof PolicyError && error.name === "PolicyError", error);
    assert.deepEqual(error.faults, faults);
    return true;
  });
}
process.stdout.write(JSON.stringify(said));
