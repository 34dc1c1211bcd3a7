/** How a film of the queue looks on the page: its progress, its buttons and its fields. */

import { t } from "../language.js";
import { ARRIVED, CHECKING, FAILED, NEEDS_FILE, PAUSED, REFUSED, UPLOADING, WAITING } from "./film.js";
import { JSON_BODY, words } from "./http.js";
import { sendPicture } from "./picture.js";

const SAVE_AFTER = 700;
const NUMBERS = ["year", "season", "episode"];
/** Which buttons stand beside a film in each state. */
const BUTTONS = {
  [CHECKING]: [], [WAITING]: ["pause", "remove"], [UPLOADING]: ["pause", "remove"], [PAUSED]: ["resume", "remove"],
  [NEEDS_FILE]: ["remove"], [FAILED]: ["retry", "remove"], [REFUSED]: ["remove"], [ARRIVED]: ["remove"],
};

export class Row {
  #timer = null;
  #isFilled = false;

  constructor(film, queue) {
    this.film = film;
    this.element = document.getElementById("vf-row").content.firstElementChild.cloneNode(true);
    this.form = this.#find("form");
    this.#find(".vf-name").textContent = film.name;
    for (const button of this.element.querySelectorAll("button[data-do]")) {
      button.addEventListener("click", () => this.#act(button.dataset.do, queue));
    }
    this.form.addEventListener("input", () => this.#saveSoon(SAVE_AFTER));
    this.form.addEventListener("change", () => this.#saveSoon(0));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#saveSoon(0);
    });
    this.#find("[data-picture]")?.addEventListener("change", (event) => this.#takePicture(event));
  }

  get hasUnsaved() {
    return this.#timer !== null;
  }

  #find(selector) {
    return this.element.querySelector(selector);
  }

  async #act(what, queue) {
    if (what === "pause") this.film.pause();
    if (what === "resume" || what === "retry") await queue.retry(this.film);
    if (what === "remove" && !(await queue.remove(this.film))) this.#say(t("It could not be removed. Please try again."));
  }

  /** Show the film as it is now. */
  draw() {
    const { film } = this;
    this.element.dataset.state = film.state;
    const bar = this.#find("progress");
    bar.hidden = film.state === REFUSED;
    if (film.state !== ARRIVED) {
      bar.value = film.size ? film.offset / film.size : 0;
      this.#find(".vf-words").textContent = film.words;
    }
    for (const button of this.element.querySelectorAll("button[data-do]")) this.#offer(button);
    if (film.upload && !this.#isFilled) this.#fill(film.upload);
    if (film.state === ARRIVED) this.#find(".vf-publish").textContent = t("Published");
  }

  /** The same button in another state keeps the focus; a vanished one hands it on. */
  #offer(button) {
    const isOffered = BUTTONS[this.film.state].includes(button.dataset.do);
    const hadFocus = document.activeElement === button;
    button.hidden = !isOffered;
    if (button.dataset.do === "remove") button.textContent = this.film.isOpen ? t("Cancel") : t("Take off the list");
    button.setAttribute("aria-label", `${button.textContent} ${this.film.name}`);
    if (hadFocus && !isOffered) this.element.querySelector("button[data-do]:not([hidden])")?.focus();
  }

  #fill(upload) {
    this.#isFilled = true;
    this.form.hidden = upload.replaces; // that film has a page where it is described
    if (upload.replaces) this.#find(".vf-name").textContent = t("%(name)s, in place of “%(title)s”", { name: this.film.name, title: upload.title });
    for (const input of this.#inputs()) {
      if (input.type === "checkbox") input.checked = upload[input.name];
      else input.value = upload[input.name] ?? "";
    }
    this.#find("[data-to=edit]").href = this.#address("edit", upload.video);
    this.#find("[data-to=watch]").href = this.#address("watch", upload.video);
    this.#find("[data-to=edit]").hidden = false;
  }

  #address(what, id) {
    return document.getElementById("vf-studio").dataset[what].replace("/0/", `/${id}/`);
  }

  #inputs() {
    return [...this.form.elements].filter(({ name }) => name);
  }

  #saveSoon(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), pause);
  }

  /** Send what was typed; what the server refuses is said beside the field. */
  async save() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const body = JSON.stringify(Object.fromEntries(this.#inputs().map((input) => [input.name, valueOf(input)])));
    const answer = await this.film.ask("PATCH", this.film.upload.url, { headers: JSON_BODY, body });
    for (const input of this.#inputs()) this.#mark(input, answer.status === 400 ? answer.json[input.name] : undefined);
    if (answer.status === 200) this.#say(t("Saved."));
    else this.#say(answer.status === 404 ? t("The upload is over: please edit the film on its page.") : t("Not saved. %(why)s", { why: words(answer) }));
  }

  /** A picture is judged as soon as it is chosen, however long the film takes. */
  async #takePicture(event) {
    event.stopPropagation();
    const input = event.target;
    const [picture] = input.files;
    if (!picture) return;
    const { poster, problem } = await sendPicture(this.film.ask, this.#address("frame", this.film.upload.video), picture);
    this.#mark(input, problem);
    this.#say(problem || t("This is the poster now."));
    if (poster) this.#showPoster(`${poster}?${Date.now()}`);
  }

  #mark(input, errors) {
    if (errors) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  #say(text) {
    this.#find(".vf-said").textContent = text;
  }

  /** What the workers have come to, as the admin's list tells it. */
  follow({ state, percent, label, poster, is_watchable: isWatchable, notes = [] }) {
    this.element.dataset.film = state;
    this.#find("progress").value = percent / 100;
    this.#find("progress").hidden = ["completed", "failed"].includes(state);
    this.#find(".vf-words").textContent = label;
    this.#find("[data-to=watch]").hidden = !isWatchable;
    const list = this.#find(".vf-notes");
    list.replaceChildren(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
    if (poster && this.#find("span.vf-poster")) this.#showPoster(poster);
  }

  #showPoster(url) {
    this.#find(".vf-poster").replaceWith(Object.assign(new Image(), { className: "vf-poster", alt: "", src: url }));
  }
}

function valueOf(input) {
  if (input.type === "checkbox") return input.checked;
  const text = input.value.trim();
  return NUMBERS.includes(input.name) ? (text ? Number(text) : null) : text;
}
