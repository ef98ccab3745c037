// What every arm asks in the end.

export default {
  fetch() {
    return new Response("answered by the origin\n");
  },
};
