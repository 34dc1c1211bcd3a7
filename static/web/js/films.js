/** The catalogue's endpoints: the only module that knows their paths and shapes. */

import { request } from "./api.js";

/** Names all renditions, those of a growing film that have just begun too; see `player/growing.js`. */
export const masterUrl = (id) => `/api/video/${id}/master.m3u8?rungs=all`;
export const storyboardUrl = (id) => `/api/video/${id}/storyboard.vtt`;
export const watchUrl = (id) => `/watch/${id}/`;
export const filmUrl = (id) => `/film/${id}/`;
export const seriesUrl = (id) => `/series/${id}/`;
export const listUrl = (asked) => `/films/?${new URLSearchParams(asked)}`;

const WIDTHS = [320, 640, 1280];

/** The addresses of a poster in all its widths, for `srcset`. */
export function posterSet(thumbnailUrl, suffix) {
  const url = (width) => thumbnailUrl.replace(/\/thumbnail\.jpg(?=$|\?)/, `/poster-${width}.${suffix}`);
  return WIDTHS.map((width) => `${url(width)} ${width}w`).join(", ");
}

export const isEncoding = ({ state }) => state === "pending" || state === "processing";

/** The page for what the API lists at `url`: "/api/video/?like=3" → "/films/?like=3". */
export function pageOf(url) {
  return url.replace(/^\/api\/video\//, "/films/").replace(/^\/api\/series\//, "/series/");
}

/** `[{id, title, url, videos}]` */
export async function homeRows() {
  const { rows } = await request("/api/home/");
  return rows;
}

/** `{count, next, results}` of what the query asks for. */
export function list(query, page, signal) {
  const asked = new URLSearchParams(query);
  const path = asked.has("history") ? "/api/history/" : "/api/video/";
  asked.delete("history");
  asked.set("page", page);
  asked.set("page_size", "48");
  return request(`${path}?${asked}`, { signal });
}

export const film = (id) => request(`/api/video/${id}/`);
export const categories = () => request("/api/categories/");
export const tags = () => request("/api/tags/");
export const series = (id) => request(`/api/series/${id}/`);
export const seriesPage = (page) => request(`/api/series/?page=${page}&page_size=100`);

/** Films like this one. */
export function like(id) {
  return request(`/api/video/?like=${id}&page=1&page_size=16`);
}

/** `[{kind, id, text}]` for what was typed so far. */
export function suggestions(typed, signal) {
  return request(`/api/suggestions/?${new URLSearchParams({ search: typed })}`, { signal });
}

export function setFavourite(id, isFavourite) {
  return request(`/api/video/${id}/favorite/`, { method: isFavourite ? "PUT" : "DELETE" });
}

export function setWatched(id, isWatched) {
  return request(`/api/video/${id}/watched/`, { method: isWatched ? "PUT" : "DELETE" });
}

/** `{state, progress, ready, error, …}`; progress in percent. */
export function status(id) {
  return request(`/api/video/${id}/status/`);
}

/** Also while the page goes away. */
export function savePosition(id, seconds) {
  return request(`/api/video/${id}/position/`, { method: "PUT", body: { seconds }, keepalive: true });
}

/** Change what the profile chose in the player; the answer is all of it. Also while the page goes away. */
export function savePreferences(changes) {
  return request("/api/preferences/", { method: "PATCH", body: changes, keepalive: true });
}

/** Take it away from what one began; a film that was watched stays so. */
export function forgetPosition(id) {
  return request(`/api/video/${id}/position/`, { method: "DELETE" });
}
