/** A client whose types come from docs/openapi.yml: `npm run api` compiles it strictly. */

import type { components, paths } from "./api";

type Film = components["schemas"]["Video"];
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends number> =
  paths[Path][Method] extends { responses: Record<Status, infer Response> } ? Json<Response> : never;
type Body<Path extends keyof paths, Method extends keyof paths[Path]> =
  paths[Path][Method] extends { requestBody?: infer Request } ? Json<NonNullable<Request>> : never;

async function ask<T>(path: string, method: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    credentials: "include",
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}

export const signIn = (body: Body<"/api/login/", "post">) =>
  ask<Answer<"/api/login/", "post", 200>>("/api/login/", "POST", body);

export const me = () => ask<Answer<"/api/me/", "get", 200>>("/api/me/", "GET");

export const savePosition = (film: Film, seconds: number) =>
  ask<Answer<"/api/video/{video_id}/position/", "put", 200>>(`/api/video/${film.id}/position/`, "PUT", { seconds });

export async function addWebhook(url: string): Promise<string> {
  const body: Body<"/api/webhooks/", "post"> = { url, events: ["video.playable"] };
  const made = await ask<Answer<"/api/webhooks/", "post", 201>>("/api/webhooks/", "POST", body);
  return made.secret;
}

/** The document says that a film's file is binary. */
export function upload(body: components["schemas"]["UploadRequest"]): FormData {
  const form = new FormData();
  form.append("title", body.title);
  return form;
}

const film: Film["title"] = "typed";
export default film;
