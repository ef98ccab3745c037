export default defineEventHandler(() => "public");
