/** `/browse/`: every category and tag that has films. */

import { $, show } from "./dom.js";
import * as films from "./films.js";
import { linkItem } from "./links.js";
import { startPage } from "./page.js";
import { countText } from "./query.js";

async function load() {
  const [categories, tags] = await Promise.all([films.categories(), films.tags()]);
  $("#categories").append(...categories.map(({ slug, name, count }) => linkItem(films.listUrl({ category: slug }), name, countText(count))));
  $("#tags").append(...tags.map(({ id, name, count }) => linkItem(films.listUrl({ tag: id }), name, String(count))));
  show($("#tag-section"), tags.length > 0);
  $("#browse").removeAttribute("aria-busy");
}

startPage(load);
