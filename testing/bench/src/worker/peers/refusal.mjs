// Every arm does this once it refuses a request.

export default {
  fetch() {
    return new Response("Forbidden\n", { status: 403 });
  },
};
