/** The menus for subtitles and spoken languages; both stay hidden where there is no choice. */

import { $ } from "../dom.js";
import { Menu } from "./menu.js";

const OFF = -1;

export class Subtitles {
  constructor(hls) {
    this.hls = hls;
    this.last = 0;
    this.menu = new Menu($("#subtitle-menu"), (index) => this.choose(index));
  }

  fill(tracks) {
    const choices = tracks.map((track, value) => ({ value, label: label(track) }));
    this.menu.fill([{ value: OFF, label: "Off" }, ...choices], this.hls.subtitleTrack);
  }

  choose(index) {
    this.hls.subtitleDisplay = index !== OFF;
    this.hls.subtitleTrack = index;
    if (index !== OFF) this.last = index;
  }

  toggle() {
    if (!this.hls.subtitleTracks.length) return;
    const index = this.hls.subtitleTrack === OFF ? this.last : OFF;
    this.choose(index);
    this.menu.choose(index);
  }
}

export class Languages {
  constructor(hls) {
    this.hls = hls;
    this.menu = new Menu($("#audio-menu"), (index) => (this.hls.audioTrack = index));
  }

  fill(tracks) {
    this.menu.fill(tracks.map((track, value) => ({ value, label: label(track) })), Math.max(0, this.hls.audioTrack));
  }
}

function label({ name, lang }) {
  return name || lang || "Unknown";
}
