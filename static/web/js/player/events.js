/**
 * What happens in the player, for modules beside it (reports, other devices): an EventTarget with
 * `film` {id, video, hls} when one begins, `switch` {id, from, to} between renditions, `error` {id, kind}
 * and `over` {id} when the film leaves the player for another. All lies in the event's `detail`.
 */

export const watching = new EventTarget();

export function tell(name, detail) {
  watching.dispatchEvent(new CustomEvent(name, { detail }));
}
