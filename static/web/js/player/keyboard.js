/** The player's keys, wherever the focus is, unless a control wants the key itself. */

export function startKeyboard(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const action = actionFor(event.key, actions);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** What a key does, or undefined; the page's table of keys (`_keys.html`) says the same. */
export function actionFor(key, actions) {
  if (/^\d$/.test(key)) return () => actions.jump(Number(key) / 10);
  return letters(actions)[key.length === 1 ? key.toLowerCase() : key] ?? remote(actions)[key];
}

function letters({ toggle, skip, louder, mute, fullscreen, captions, faster, help, next }) {
  return {
    " ": toggle,
    k: toggle,
    ArrowLeft: () => skip(-5),
    ArrowRight: () => skip(5),
    j: () => skip(-10),
    l: () => skip(10),
    ArrowUp: () => louder(0.1),
    ArrowDown: () => louder(-0.1),
    m: mute,
    f: fullscreen,
    c: captions,
    ">": () => faster(1),
    "<": () => faster(-1),
    "?": help,
    n: next,
  };
}

/** Remote controls and keyboards with media keys. */
function remote({ toggle, playing, pausing, skip, next }) {
  return {
    Enter: toggle,
    Select: toggle,
    MediaPlayPause: toggle,
    MediaPlay: playing,
    MediaPause: pausing,
    MediaStop: pausing,
    MediaFastForward: () => skip(10),
    MediaRewind: () => skip(-10),
    MediaTrackNext: next,
  };
}

/**
 * Buttons and links take the space bar and Enter, the volume and radio buttons the arrows. The seek bar
 * does not: its own steps are a share of the film, and the player's five seconds are meant.
 */
function isTaken({ key, target }) {
  if (target.closest("dialog[open]")) return true;
  if (key === " " || key === "Enter" || key === "Select") return target.matches("button, a, summary, select, input:not(#seek, #volume)");
  if (key.startsWith("Arrow")) return target.matches("input:not(#seek), select");
  return target.matches("input[type=search], input[type=text], select");
}
