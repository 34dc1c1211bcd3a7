/** The catalogue's endpoints: the only module that knows their paths and shapes. */

import { request } from "./api.js";

const PAGE = 100;

/** Names all renditions, those of a growing film that have just begun too; see `player/growing.js`. */
export const masterUrl = (id) => `/api/video/${id}/master.m3u8?rungs=all`;
export const storyboardUrl = (id) => `/api/video/${id}/storyboard.vtt`;
export const watchUrl = (id) => `/watch/${id}/`;
export const categoryUrl = (category) => `/?category=${encodeURIComponent(category)}`;

export const isEncoding = ({ state }) => state === "pending" || state === "processing";

/** The newest films, as many as one page holds. */
export async function newest() {
  const { results } = await request(`/api/video/?page=1&page_size=${PAGE}`);
  return results;
}

/** `{count, next, results}` of a search or a category. */
export function find({ search, category, page }, signal) {
  const query = new URLSearchParams({ page, page_size: 48 });
  if (search) query.set("search", search);
  if (category) query.set("category", category);
  return request(`/api/video/?${query}`, { signal });
}

export function film(id) {
  return request(`/api/video/${id}/`);
}

/** The films that were begun and not finished, the latest first. */
export function started() {
  return request("/api/video/continue/");
}

export function setFavourite(id, isFavourite) {
  return request(`/api/video/${id}/favorite/`, { method: isFavourite ? "PUT" : "DELETE" });
}

/** `{state, progress, ready, error, …}`; progress in percent. */
export function status(id) {
  return request(`/api/video/${id}/status/`);
}

/** Also while the page goes away. */
export function savePosition(id, seconds) {
  return request(`/api/video/${id}/position/`, { method: "PUT", body: { seconds }, keepalive: true });
}
