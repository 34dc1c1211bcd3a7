/** Cards of films and rows of them, made from the page's templates. */

import { accessibleName, initial, preparingNote, watchedPercent } from "./catalogue.js";
import { clone, $, $$, show } from "./dom.js";
import { filmUrl, posterSet } from "./films.js";
import { t } from "./language.js";
import { clock } from "./time.js";

/** A card; `onFavourite(film)` is called by its heart, `onTakeAway(film)` by its cross, if any. */
export function card(film, { onFavourite, onTakeAway, href = filmUrl(film.id) }) {
  const element = clone("film");
  element.dataset.film = film.id;
  $("a", element).href = href;
  $(".name", element).textContent = film.title;
  $(".length", element).textContent = film.duration ? clock(film.duration) : "";
  $(".letter", element).textContent = initial(film.title);
  showPoster($("img", element), film);
  showProgress(element, film);
  const heart = $(".heart", element);
  heart.addEventListener("click", () => onFavourite(film));
  showFavourite(heart, film);
  if (onTakeAway) showCross($(".take-away", element), film, onTakeAway);
  return element;
}

function showCross(cross, film, onTakeAway) {
  cross.setAttribute("aria-label", t("Remove %(title)s from Continue watching", { title: film.title }));
  cross.addEventListener("click", () => onTakeAway(film));
  show(cross);
}

/** The picture in the sizes and formats that there are; portraits are shown whole. */
export function showPoster(image, film) {
  if (!film.thumbnail_url) return;
  const sources = $$("source", image.parentElement);
  onceFailed(image, () => {
    forget(sources); // the browser tries the JPEG
    onceFailed(image, () => forget([image]));
  });
  image.addEventListener("load", () => image.classList.toggle("portrait", image.naturalHeight > image.naturalWidth), { once: true });
  for (const source of sources) source.srcset = posterSet(film.thumbnail_url, source.type.replace("image/", ""));
  image.srcset = posterSet(film.thumbnail_url, "jpg");
  image.src = film.thumbnail_url;
}

function onceFailed(image, then) {
  image.addEventListener("error", then, { once: true });
}

function forget(elements) {
  for (const element of elements) ["src", "srcset"].forEach((name) => element.removeAttribute(name));
}

export function showFavourite(button, film) {
  button.setAttribute("aria-pressed", film.is_favorite);
  if (button.matches(".heart")) button.setAttribute("aria-label", t("%(title)s in my list", { title: film.title }));
}

/** Whether the rest is being prepared, and how much of it was watched; what screen readers say of it
 * is text in the link, as an `aria-label` would have to repeat "10:00" beside "10 minutes". */
export function showProgress(element, film) {
  const [note, bar] = [$(".note", element), $("progress", element)];
  note.textContent = preparingNote(film);
  show(note, note.textContent !== "");
  bar.value = watchedPercent(film);
  show(bar, bar.value > 0);
  $("[data-spoken]", element).textContent = accessibleName(film);
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
