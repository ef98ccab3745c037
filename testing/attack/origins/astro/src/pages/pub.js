export function ALL() {
  return new Response("public");
}
