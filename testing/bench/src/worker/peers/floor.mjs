// Every arm does this once it allows a request.

export default {
  fetch(request) {
    return fetch(request);
  },
};
