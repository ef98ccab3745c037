import { entered } from "@/lib/entries";
import { mayRefresh } from "@/lib/key";
import { refresh } from "@/lib/runs";

// The job's end: finished runs come in, the dashboard's cache is brought up to date.
export default function handler(request, response) {
  entered("latest_runs", request);
  if (!mayRefresh(request.headers)) {
    return response.status(401).json({ error: "Unauthorized" });
  }
  if (request.method !== "POST") {
    return response.status(405).json({ error: "Method not allowed" });
  }
  const result = refresh(request.body?.runs);
  if (result === null) {
    return response.status(400).json({ error: "runs is not a list of finished runs" });
  }
  return response.status(200).json(result);
}
