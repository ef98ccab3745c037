// Every arm asks this origin in the end.

export default {
  fetch() {
    return new Response("answered by the origin\n");
  },
};
