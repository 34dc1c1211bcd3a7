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
    this.menu = new Menu($("#quality-menu"), (index) => this.choose(index));
  }

  /** The film's renditions are known. */
  fill(levels) {
    const choices = levels.map((level, value) => ({ value, label: name(level), note: rate(level) }));
    this.menu.fill([{ value: AUTO, label: "Automatic" }, ...choices.reverse()], AUTO);
    const wanted = levels.findIndex((level) => name(level) === recall(WANTED));
    if (wanted === AUTO) return;
    this.hls.startLevel = wanted;
    this.hls.loadLevel = wanted;
    this.menu.choose(wanted);
  }

  choose(index) {
    this.hls.nextLevel = index;
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
