/** `/films/`: whatever its address asks for, page after page. */

import { $, show } from "./dom.js";
import * as films from "./films.js";
import { categoryName } from "./language.js";
import { fail, makeCard, startPage, tell } from "./page.js";
import { countText, isOrdered, readQuery, titleFor, withOrder } from "./query.js";

async function load() {
  const asked = readQuery(location.search);
  const order = $("#order");
  show(order.closest("p"), !isOrdered(asked));
  order.value = asked.get("ordering") ?? "-created_at";
  order.addEventListener("change", () => location.replace(`/films/?${withOrder(asked, order.value)}`));
  showTitle(titleFor(asked));
  await Promise.all([appendPage(asked, 1), nameList(asked)]);
}

function showTitle(title) {
  $("#list-title").textContent = title;
  document.title = `${title} – Videoflix`;
}

/** What the list's category, tag, series or film is called. */
async function nameList(asked) {
  const name = await nameOf(asked);
  if (name) showTitle(titleFor(asked, name));
}

async function nameOf(asked) {
  if (asked.has("category")) {
    const found = await films.categories();
    const wanted = asked.get("category");
    return found.find(({ slug, name }) => slug === wanted.toLowerCase() || name === wanted)?.name ?? categoryName(wanted);
  }
  if (asked.has("tag")) {
    const found = await films.tags();
    return found.find(({ id, name }) => [String(id), name].includes(asked.get("tag")))?.name;
  }
  if (asked.has("series")) return (await films.series(asked.get("series"))).title;
  if (asked.has("like")) return (await films.film(asked.get("like"))).title;
  return "";
}

async function appendPage(asked, page) {
  const { count, results, next } = await films.list(asked, page);
  $("#list-count").textContent = countText(count);
  show($("#list-empty"), count === 0);
  const cards = results.map((film) => makeCard(film, cardOptions(film, asked)));
  if (page === 1) $("#list").replaceChildren();
  $("#list").append(...cards);
  $("#list").removeAttribute("aria-busy");
  if (page > 1) cards[0]?.querySelector("a").focus();
  const more = $("#more");
  show(more, Boolean(next));
  more.onclick = () => appendPage(asked, page + 1).catch(fail);
}

/** What was begun, and what comes next, opens at once; the first can be taken away. */
function cardOptions(film, asked) {
  const isBegun = asked.get("started") === "true";
  return {
    ...((isBegun || asked.get("upcoming") === "true") && { href: films.watchUrl(film.id) }),
    ...(isBegun && { onTakeAway: () => takeAway(film, asked) }),
  };
}

async function takeAway(film, asked) {
  try {
    await films.forgetPosition(film.id);
    await appendPage(asked, 1);
    ($("#list a") ?? $("#list-title")).focus();
  } catch (error) {
    tell(error);
  }
}

startPage(load);
