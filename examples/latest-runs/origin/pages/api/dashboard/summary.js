import { entered } from "@/lib/entries";
import { summary } from "@/lib/runs";

// What the dashboard shows to everyone. It believes `x-user-id` without asking who says so: safe
// only behind a gate that lets nobody bring one who has not authenticated for it.
export default function handler(request, response) {
  entered("summary", request);
  if (request.method !== "GET") {
    return response.status(405).json({ error: "Method not allowed" });
  }
  return response.status(200).json(summary(request.headers["x-user-id"]));
}
