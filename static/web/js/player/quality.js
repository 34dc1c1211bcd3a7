/** The quality menu: automatic, or one of the film's renditions for good. */

import { $ } from "../dom.js";
import { t } from "../language.js";
import { recall, remember } from "../store.js";
import { AUTOMATIC, levelName, qualityChoices, wantedLevel } from "./choices.js";
import { Menu } from "./menu.js";
import { QUALITY } from "./remembered.js";

/** The viewer's last choice holds for the next film too. */
export class Quality {
  constructor() {
    this.menu = new Menu($("#quality-menu"), (index) => this.choose(index));
  }

  /** A film begins; `hls` is null where the browser plays by itself. */
  follow(hls) {
    this.hls = hls;
    this.chosen = AUTOMATIC;
    this.menu.fill([]);
    $("#quality-now").textContent = "";
  }

  /** The film's renditions are known. */
  fill(levels) {
    this.menu.fill(qualityChoices(levels), AUTOMATIC);
    const wanted = wantedLevel(levels, recall(QUALITY));
    if (wanted === AUTOMATIC) return;
    this.chosen = wanted;
    this.hls.startLevel = wanted;
    this.hls.loadLevel = wanted;
    this.menu.choose(wanted);
  }

  /** hls.js falls back to another rendition when one was refused; the viewer's choice stands. */
  insist() {
    if (this.chosen !== AUTOMATIC) this.choose(this.chosen);
  }

  choose(index) {
    this.chosen = index;
    // A choice shows at once; going back to automatic need not interrupt.
    if (index === AUTOMATIC) this.hls.loadLevel = AUTOMATIC;
    else this.hls.currentLevel = index;
    remember(QUALITY, index === AUTOMATIC ? "" : levelName(this.hls.levels[index]));
    if (index !== AUTOMATIC) this.menu.note(AUTOMATIC, "");
  }

  /** Another rendition is on the screen now. */
  show(index) {
    const label = levelName(this.hls.levels[index]);
    $("#quality-now").textContent = label;
    this.menu.button.setAttribute("aria-label", t("Quality, now %(name)s", { name: label }));
    this.menu.note(AUTOMATIC, this.hls.autoLevelEnabled ? t("now %(name)s", { name: label }) : "");
  }
}
