/** The catalogue's endpoints: the only module that knows their paths and shapes. */

import { request } from "./api.js";

const PAGE = 60;

export const masterUrl = (id) => `/api/video/${id}/master.m3u8`;
export const storyboardUrl = (id) => `/api/video/${id}/storyboard.vtt`;
export const watchUrl = (id) => `/watch/${id}/`;
export const categoryUrl = (category) => `/?category=${encodeURIComponent(category)}`;

export const isEncoding = (film) => film.state === "pending" || film.state === "processing";

export async function newest() {
  const { results } = await request(`/api/video/?page_size=${PAGE}`);
  return results.map(known);
}

/** `{count, next, results}` of a search or a category. */
export async function find({ search, category, page }, signal) {
  const query = new URLSearchParams({ page, page_size: PAGE });
  if (search) query.set("search", search);
  if (category) query.set("category", category);
  const answer = await request(`/api/video/?${query}`, { signal });
  return { ...answer, results: answer.results.map(known) };
}

export async function film(id) {
  return known(await request(`/api/video/${id}/`));
}

/** The films that were begun and not finished. */
export async function started() {
  return (await request("/api/video/continue/")).map(known);
}

export async function favourites() {
  return [];
}

/** Whether the film is a favourite now. */
export async function toggleFavourite(id) {
  const ids = await request("/content/add-favorite/", { method: "POST", body: { video_id: id } });
  return ids.includes(id);
}

export async function status(id) {
  return request(`/api/video/${id}/status/`);
}

export async function position(film) {
  return film.position ?? 0;
}

export function savePosition(id, position, duration) {}

function known(film) {
  return { ...film, isFavourite: film.is_favorite };
}
