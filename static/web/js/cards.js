/** Cards and rows of films, filled from the templates in the page. */

import { clone, $, show } from "./dom.js";
import * as films from "./films.js";
import { clock } from "./time.js";

/** A card; `onFavourite(film, button)` is called by its heart. */
export function card(film, onFavourite) {
  const element = clone("film");
  element.dataset.film = film.id;
  $("a", element).href = films.watchUrl(film.id);
  $(".name", element).textContent = film.title;
  $(".length", element).textContent = film.duration ? clock(film.duration) : "";
  $(".letter", element).textContent = [...film.title.trim()][0]?.toUpperCase() ?? "";
  showPicture($("img", element), film);
  showProgress(element, film);
  const heart = $(".heart", element);
  heart.addEventListener("click", () => onFavourite(film));
  showFavourite(heart, film);
  return element;
}

export function showPicture(image, film) {
  if (!film.thumbnail_url) return;
  image.addEventListener("error", () => image.removeAttribute("src"), { once: true });
  image.src = film.thumbnail_url;
}

export function showFavourite(button, film) {
  button.setAttribute("aria-pressed", film.is_favorite);
  if (button.matches(".heart")) button.setAttribute("aria-label", `${film.title} in my list`);
}

/** How far it is encoded, or how far it was watched. */
export function showProgress(element, film) {
  const note = $(".note", element);
  const bar = $("progress", element);
  const isEncoding = films.isEncoding(film);
  note.textContent = isEncoding ? encodingNote(film) : "";
  show(note, isEncoding);
  const watched = film.duration && film.position ? (100 * film.position) / film.duration : 0;
  bar.value = watched;
  bar.setAttribute("aria-label", `${Math.round(watched)} percent watched`);
  show(bar, watched > 0);
}

function encodingNote({ progress }) {
  return progress === undefined ? "Encoding – watch now" : `Encoding ${Math.floor(progress)} % – watch now`;
}

/** A titled row that scrolls sideways; the title links to `href` when there is more. */
export function row(title, href, cards) {
  const element = clone("row");
  const link = $("h2 a", element);
  link.textContent = title;
  if (href) link.href = href;
  const strip = $("ul", element);
  strip.setAttribute("aria-label", title);
  strip.append(...cards);
  startNudges(element, strip);
  return element;
}

function startNudges(element, strip) {
  const [left, right] = [$(".left", element), $(".right", element)];
  const turn = (direction) => strip.scrollBy({ left: direction * strip.clientWidth * 0.8 });
  left.addEventListener("click", () => turn(-1));
  right.addEventListener("click", () => turn(1));
  const update = () => {
    left.classList.toggle("spent", strip.scrollLeft < 8);
    right.classList.toggle("spent", strip.scrollLeft + strip.clientWidth > strip.scrollWidth - 8);
  };
  strip.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(strip);
}
