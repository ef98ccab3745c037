export default defineEventHandler((event) => {
  ran(event, "latest-runs");
  return "guarded";
});
