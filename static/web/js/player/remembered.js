/**
 * The names under which this browser keeps what belongs to the device or to the moment. Languages,
 * subtitles and their look are the profile's on every device: `preferences.js`.
 */

import { recall } from "../store.js";

const { id } = JSON.parse(recall("videoflix.profile") ?? "{}"); // the main profile's number is 0

export const QUALITY = "videoflix.quality";
export const RATE = "videoflix.line";
export const SPEED = id ? `videoflix.speed.${id}` : "videoflix.speed"; // not twice as fast on the family's television
export const VOLUME = "videoflix.volume";
