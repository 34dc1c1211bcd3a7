/** What can be chosen in a film – quality, language, subtitles, speed – and what was last time. */

import { number, t } from "../language.js";

export const AUTOMATIC = -1;
export const OFF = -1;
const LONGEST_TAG = 35;
const LONGEST_NAME = 100;
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/** "720p": by the address, as odd shapes have odd heights; else by the shorter side. */
export function levelName({ url, width, height }) {
  const inUrl = /\/(\d+p)\//.exec([url].flat()[0] ?? "");
  return inUrl ? inUrl[1] : `${Math.min(width, height)}p`;
}

export function levelRate({ averageBitrate, bitrate }) {
  return `${number((averageBitrate || bitrate) / 1e6, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} Mbit/s`;
}

/** For the menu: automatic, then the best first. */
export function qualityChoices(levels) {
  const choices = levels.map((level, value) => ({ value, label: levelName(level), note: levelRate(level) }));
  return [{ value: AUTOMATIC, label: t("Automatic") }, ...choices.reverse()];
}

/** The level of that name; AUTOMATIC when the film does not have it. */
export function wantedLevel(levels, name) {
  return levels.findIndex((level) => levelName(level) === name);
}

export function trackLabel({ name, lang }) {
  return name || lang || t("Unknown");
}

export function trackChoices(tracks) {
  return tracks.map((track, value) => ({ value, label: trackLabel(track) }));
}

/** What is kept of a track: enough to find its like in another film, and no more than the API takes. */
export function trackKey({ name, lang }) {
  return { language: cut(lang, LONGEST_TAG), name: cut(name, LONGEST_NAME) };
}

/** The track most like the wanted one, by language, then by name; -1 when none is. */
export function wantedTrack(tracks, { language, name }) {
  if (!language && !name) return -1;
  const keys = tracks.map(trackKey);
  const same = keys.findIndex((key) => key.language === language && key.name === name);
  if (same >= 0) return same;
  return keys.findIndex((key) => (language ? key.language === language : key.name === name));
}

const cut = (text, most) => [...(text ?? "")].slice(0, most).join("");

export function speedLabel(speed) {
  return speed === 1 ? t("Normal") : `${number(speed)}×`;
}

/** The remembered speed, as long as the menu still has it. */
export function wantedSpeed(remembered) {
  const speed = Number(remembered ?? 1);
  return SPEEDS.includes(speed) ? speed : 1;
}

/** The next speed up (1) or down (-1). */
export function stepSpeed(speed, step) {
  const index = SPEEDS.indexOf(speed) + step;
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))];
}
