/** A button that opens a list of radio buttons: quality, speed, subtitles, language. */

import { $, $$, show } from "../dom.js";

export class Menu {
  constructor(root, onChoose) {
    this.root = root;
    this.button = $("button", root);
    this.list = $(".choices", root);
    this.onChoose = onChoose;
    this.button.addEventListener("click", () => this.toggle());
    this.list.addEventListener("change", (event) => event.target.name === this.root.id && this.onChoose(Number(event.target.value)));
    root.addEventListener("keydown", (event) => this.closeOnEscape(event));
    this.#closeByPointer();
  }

  /** `choices` are `{value, label, note}`. */
  fill(choices, chosen) {
    $$("label:has(input)", this.list).forEach((label) => label.remove());
    $("legend", this.list).after(...choices.map((choice) => this.#choice(choice, chosen)));
    show(this.root, choices.length > 1);
  }

  choose(value) {
    const input = $(`input[value="${value}"]`, this.list);
    if (input) input.checked = true;
  }

  note(value, text) {
    const note = $(`input[value="${value}"] ~ small`, this.list);
    if (note) note.textContent = text;
  }

  get isOpen() {
    return !this.list.hidden;
  }

  toggle(isOpen = !this.isOpen) {
    show(this.list, isOpen);
    this.button.setAttribute("aria-expanded", isOpen);
    if (isOpen) $("input:checked", this.list)?.focus();
    else if (this.list.contains(document.activeElement)) document.activeElement.blur(); // not only when it is next drawn
  }

  closeOnEscape(event) {
    if (event.key !== "Escape" || !this.isOpen) return;
    event.stopPropagation();
    this.toggle(false);
    this.button.focus();
  }

  /**
   * A press elsewhere closes the menu, and so does a choice by pointer: a radio button that
   * kept the focus would take the arrow keys from the player. With keys one may look around.
   */
  #closeByPointer() {
    let isPressed = false;
    document.addEventListener("pointerdown", (event) => {
      isPressed = this.list.contains(event.target);
      if (!this.root.contains(event.target)) this.toggle(false);
    });
    document.addEventListener("keydown", () => (isPressed = false));
    this.list.addEventListener("click", (event) => {
      if (isPressed && event.target.matches("input")) this.toggle(false);
    });
  }

  #choice({ value, label, note = "" }, chosen) {
    const element = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: this.root.id, value, checked: value === chosen });
    const text = document.createElement("span");
    text.textContent = label;
    const small = document.createElement("small");
    small.textContent = note;
    element.append(input, text, small);
    return element;
  }
}
