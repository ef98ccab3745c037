export default defineEventHandler((event) => {
  ran(event, "run");
  return "guarded";
});
