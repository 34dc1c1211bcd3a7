/** `/series/`: all series, alphabetically. */

import { $, show } from "./dom.js";
import * as films from "./films.js";
import { n } from "./language.js";
import { linkItem } from "./links.js";
import { fail, startPage } from "./page.js";
import { countText } from "./query.js";

async function appendPage(page) {
  const { count, results, next } = await films.seriesPage(page);
  $("#list-count").textContent = n("%(count)s series", "%(count)s series", count);
  const items = results.map((series) => linkItem(films.seriesUrl(series.id), series.title, countText(series.count)));
  $("#list").append(...items);
  $("#list").removeAttribute("aria-busy");
  if (page > 1) items[0]?.firstChild.focus();
  const more = $("#more");
  show(more, Boolean(next));
  more.onclick = () => appendPage(page + 1).catch(fail);
}

startPage(() => appendPage(1));
