/** The quality menu: automatic, or one of the film's renditions for good. */

import { recall, remember } from "../api.js";
import { $ } from "../dom.js";
import { Menu } from "./menu.js";

const AUTO = -1;
const WANTED = "videoflix.quality";

/** Follow `hls`; the viewer's last choice holds for the next film too. */
export class Quality {
  constructor(hls) {
    this.hls = hls;
    this.chosen = AUTO;
    this.menu = new Menu($("#quality-menu"), (index) => this.choose(index));
  }

  /** The film's renditions are known. */
  fill(levels) {
    const choices = levels.map((level, value) => ({ value, label: name(level), note: rate(level) }));
    this.menu.fill([{ value: AUTO, label: "Automatic" }, ...choices.reverse()], AUTO);
    const wanted = levels.findIndex((level) => name(level) === recall(WANTED));
    if (wanted === AUTO) return;
    this.chosen = wanted;
    this.hls.startLevel = wanted;
    this.hls.loadLevel = wanted;
    this.menu.choose(wanted);
  }

  /** hls.js falls back to another rendition when one was refused; the viewer's choice stands. */
  insist() {
    if (this.chosen !== AUTO) this.choose(this.chosen);
  }

  choose(index) {
    this.chosen = index;
    // A choice shows at once; going back to automatic need not interrupt.
    if (index === AUTO) this.hls.loadLevel = AUTO;
    else this.hls.currentLevel = index;
    remember(WANTED, index === AUTO ? "" : name(this.hls.levels[index]));
    if (index !== AUTO) this.menu.note(AUTO, "");
  }

  /** Another rendition is on the screen now. */
  show(index) {
    const label = name(this.hls.levels[index]);
    $("#quality-now").textContent = label;
    this.menu.button.setAttribute("aria-label", `Quality, now ${label}`);
    this.menu.note(AUTO, this.hls.autoLevelEnabled ? `now ${label}` : "");
  }
}

function name(level) {
  const inUrl = /\/(\d+p)\//.exec(level.url[0]);
  return inUrl ? inUrl[1] : `${Math.min(level.width, level.height)}p`;
}

function rate({ averageBitrate, bitrate }) {
  return `${((averageBitrate || bitrate) / 1e6).toFixed(1)} Mbit/s`;
}
