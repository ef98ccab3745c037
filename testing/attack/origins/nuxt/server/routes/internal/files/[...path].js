export default defineEventHandler((event) => {
  ran(event, "files");
  return "guarded";
});
