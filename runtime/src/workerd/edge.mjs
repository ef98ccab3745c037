// The changes that Cloudflare's edge makes to a request before a Worker sees it, as far as the gate
// reads it: the client's address, its certificate and the request's id are written by the platform,
// whatever a client sent. workerd itself adds neither.

import gate from "./worker.mjs";

export default {
  fetch(request, env, context) {
    const headers = new Headers(request.headers);
    const address = client(request, headers, env.TEST?.client);
    if (address !== "as-sent") headers.set("cf-connecting-ip", address);
    headers.set("cf-ray", crypto.randomUUID().replaceAll("-", "").slice(0, 16));
    if (env.TEST && headers.has(env.TEST.trap)) trapOnce();
    const now = env.TEST && headers.get(env.TEST.now);
    if (now) {
      headers.delete(env.TEST.now);
      Date.now = () => Number(now);
    }
    const init = { headers };
    const certificate = env.TEST && headers.get(env.TEST.certificate);
    if (certificate) {
      headers.delete(env.TEST.certificate);
      init.cf = { ...request.cf, tlsClientAuth: JSON.parse(certificate) };
    }
    return gate.fetch(new Request(request, init), env, context);
  },
};

// The next call that the module makes does not return: to JavaScript and to the module's memory
// that is what a panic looks like.
function trapOnce() {
  const now = Date.now;
  Date.now = () => {
    Date.now = now;
    throw new WebAssembly.RuntimeError("unreachable");
  };
}

// The other end of the connection, as `127.0.0.1:40000` or `[::1]:40000`. A test can't come from
// every address there is, and may name one, or write the header itself.
function client(request, headers, testHeader) {
  const named = testHeader && headers.get(testHeader);
  if (named) {
    headers.delete(testHeader);
    return named;
  }
  const [, address] = /^\[?(.*?)\]?:\d+$/.exec(request.cf.clientIp);
  return address;
}
