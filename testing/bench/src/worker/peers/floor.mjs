// What every arm does once it allows a request.

export default {
  fetch(request) {
    return fetch(request);
  },
};
