// What Cloudflare's edge does to a request before a Worker sees it, as far as the gate reads it:
// the client's address and the request's id are written by the platform, whatever a client sent.
// workerd itself adds neither.

import gate from "./worker.mjs";

export default {
  fetch(request, env, context) {
    const headers = new Headers(request.headers);
    const [, address] = /^\[?(.*?)\]?:\d+$/.exec(request.cf.clientIp);
    headers.set("cf-connecting-ip", address);
    headers.set("cf-ray", crypto.randomUUID().replaceAll("-", "").slice(0, 16));
    return gate.fetch(new Request(request, { headers }), env, context);
  },
};
