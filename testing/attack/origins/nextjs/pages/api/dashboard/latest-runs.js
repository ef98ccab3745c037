import { ran } from "@/lib/ran";

export default function handler(request, response) {
  ran(request.headers["x-attack"], "latest-runs");
  response.status(200).send("guarded");
}
