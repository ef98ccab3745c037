// Times the filter in V8: `node v8.mjs FILTER.wasm REQUESTS.json` prints the samples of each
// algorithm. A host of proxy-wasm with just what a request needs; what it does itself is the same
// for every kind of request. What is timed is `proxy_on_request_headers`, the host calls included.

import { readFileSync } from "node:fs";

const [, , wasm, file] = process.argv;
const requests = JSON.parse(readFileSync(file, "utf8"));
const module = new WebAssembly.Module(readFileSync(wasm));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const OK = 0;
const NOT_FOUND = 1;
const CONTINUE = 0;
const PLUGIN_CONFIGURATION = 7;
const ROOT = 1;

/** One instance with one policy: a worker of Envoy's. */
class Gate {
  constructor({ policy, keys }) {
    this.configuration = encoder.encode(policy);
    this.environment = [encoder.encode(`${keys[0]}=${keys[1]}\0`)];
    this.map = new Uint8Array();
    this.reason = "";
    this.context = ROOT;
    const imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      // All other calls answer that there is nothing.
      const known = this[name]?.bind(this) ?? (() => NOT_FOUND);
      (imports[from] ??= {})[name] = known;
    }
    this.guest = new WebAssembly.Instance(module, imports).exports;
    this.guest._initialize();
    this.guest.proxy_on_context_create(ROOT, 0);
    this.guest.proxy_on_vm_start(ROOT, 0);
    if (!this.guest.proxy_on_configure(ROOT, this.configuration.length)) {
      throw new Error(`the filter refuses the policy: ${this.reason}`);
    }
  }

  /** Judges a request with this token: nanoseconds, and `allow` or a reason. */
  judge(token) {
    this.map = headers([
      [":authority", "app.example"],
      [":path", requests.path],
      [":method", "GET"],
      [":scheme", "http"],
      ["authorization", `Bearer ${token}`],
    ]);
    this.reason = "";
    const context = ++this.context;
    this.guest.proxy_on_context_create(context, ROOT);
    const start = process.hrtime.bigint();
    const action = this.guest.proxy_on_request_headers(context, 5, 1);
    const took = Number(process.hrtime.bigint() - start);
    this.guest.proxy_on_delete(context);
    return { took, verdict: action === CONTINUE ? "allow" : JSON.parse(this.reason)["error.type"] };
  }

  bytes(address, length) {
    return new Uint8Array(this.guest.memory.buffer, address, length);
  }

  number(address, value) {
    new DataView(this.guest.memory.buffer).setUint32(address, value, true);
    return OK;
  }

  /** Into memory that the guest allocates, as Envoy does. */
  give(bytes, address, length) {
    const at = bytes.length === 0 ? 0 : this.guest.proxy_on_memory_allocate(bytes.length);
    this.bytes(at, bytes.length).set(bytes);
    this.number(address, at);
    return this.number(length, bytes.length);
  }

  proxy_get_buffer_bytes(buffer, _start, _length, address, length) {
    return buffer === PLUGIN_CONFIGURATION ? this.give(this.configuration, address, length) : NOT_FOUND;
  }

  proxy_get_header_map_pairs(_map, address, length) {
    return this.give(this.map, address, length);
  }

  proxy_get_current_time_nanoseconds(address) {
    const now = BigInt(requests.now) * 1_000_000_000n;
    new DataView(this.guest.memory.buffer).setBigUint64(address, now, true);
    return OK;
  }

  clock_time_get(_clock, _precision, address) {
    return this.proxy_get_current_time_nanoseconds(address);
  }

  proxy_log(_level, address, length) {
    this.reason = decoder.decode(this.bytes(address, length));
    return OK;
  }

  proxy_define_metric(_kind, _name, _length, id) {
    return this.number(id, 1);
  }

  proxy_get_log_level(level) {
    return this.number(level, 0);
  }

  environ_sizes_get(count, size) {
    this.number(count, this.environment.length);
    return this.number(size, this.environment.reduce((sum, one) => sum + one.length, 0));
  }

  environ_get(addresses, at) {
    for (const one of this.environment) {
      this.number(addresses, at);
      this.bytes(at, one.length).set(one);
      addresses += 4;
      at += one.length;
    }
    return OK;
  }

  proxy_increment_metric() {
    return OK;
  }

  proxy_record_metric() {
    return OK;
  }

  proxy_remove_header_map_value() {
    return OK;
  }

  proxy_replace_header_map_value() {
    return OK;
  }

  proxy_send_local_response() {
    return OK;
  }

  proxy_set_property() {
    return OK;
  }

  proxy_set_shared_data() {
    return OK;
  }
}

/** A header map as it crosses the border: a count, all lengths, all bytes. */
function headers(pairs) {
  const parts = pairs.flat().map((text) => encoder.encode(text));
  const lengths = parts.reduce((sum, part) => sum + part.length + 1, 0);
  const bytes = new Uint8Array(4 + parts.length * 4 + lengths);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pairs.length, true);
  let at = 4 + parts.length * 4;
  parts.forEach((part, index) => {
    view.setUint32(4 + index * 4, part.length, true);
    bytes.set(part, at);
    at += part.length + 1;
  });
  return bytes;
}

/** The same as `timing::measure` of the package `tokens`. */
function measure(arm) {
  const gate = new Gate(arm);
  const samples = { early: [], forged: [], first: [], again: [] };
  arm.rounds.forEach(({ early, forged, good }, index) => {
    const took = { early: [], forged: [], first: [], again: [] };
    for (let turn = 0; turn < good.length; turn++) {
      for (const [kind, token, expected] of [
        ["early", early[turn], "jwt_key_unknown"],
        ["forged", forged[turn], "jwt_signature_invalid"],
        ["first", good[turn], "allow"],
        ["again", good[turn], "allow"],
      ]) {
        const judged = gate.judge(token);
        if (judged.verdict !== expected) {
          throw new Error(`${arm.algorithm}: ${judged.verdict}, not ${expected}`);
        }
        took[kind].push(judged.took);
      }
    }
    if (index > 0) {
      Object.keys(samples).forEach((kind) => samples[kind].push(Math.min(...took[kind])));
    }
  });
  return [arm.algorithm, samples];
}

console.log(JSON.stringify(Object.fromEntries(requests.arms.map(measure))));
