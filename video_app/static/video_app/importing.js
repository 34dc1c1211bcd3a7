/** The import page, live: places with many films are imported step by step, rows follow. */

import { n, t } from "./language.js";

const POLL_MS = 2000;

/** Send the form again and again while there are more films; `tell` hears what came of it. */
export async function importAll(post, tell) {
  let added = 0;
  for (;;) {
    const { status, json } = await post();
    if (status !== 200) {
      tell(json.error ?? t("The server cannot be reached."), true);
      return false;
    }
    // What earlier rounds began is not new to this one.
    const before = Math.max(0, json.before - added);
    added += json.added;
    tell(told({ added, before }, !json.more), false);
    if (!json.more) return true;
  }
}

/** What an import found, in a sentence. */
export function told({ added, before }, isOver = true) {
  const again = n("%(count)s film had been imported before.", "%(count)s films had been imported before.", before);
  if (!added && before) return again;
  if (!isOver) return n("%(count)s film will be fetched so far …", "%(count)s films will be fetched so far …", added);
  const now = n("%(count)s film will be fetched.", "%(count)s films will be fetched.", added);
  return before ? `${now} ${again}` : now;
}

/** Put new rows in place of old ones, and leave those alone that say the same. */
export function follow(list, fresh) {
  const old = new Map([...list.children].map((row) => [row.dataset.id, row]));
  const rows = [...fresh.children].map((row) => {
    const before = old.get(row.dataset.id);
    return before && said(before) === said(row) ? before : row;
  });
  if (rows.length === old.size && rows.every((row, at) => row === list.children[at])) return;
  const refocus = focused(list);
  list.replaceChildren(...rows);
  refocus();
}

function said(row) {
  const links = [...row.querySelectorAll("a")].map((link) => link.href);
  return [row.dataset.state, row.textContent, row.querySelector("progress")?.value, ...links].join("\n");
}

/** Whoever stands on a row's button or link stays there. */
function focused(list) {
  const here = document.activeElement;
  const id = list.contains(here) ? here.closest("[data-id]")?.dataset.id : null;
  const words = here?.textContent;
  return () => {
    const controls = id ? [...list.querySelectorAll(`[data-id="${id}"] :is(a, button)`)] : [];
    controls.find((control) => control.textContent === words)?.focus();
  };
}

async function refresh(list) {
  if (!document.hidden) {
    const answer = await fetch("?rows=1").catch(() => null);
    if (answer?.ok && !answer.redirected) {
      follow(list, new DOMParser().parseFromString(await answer.text(), "text/html").body);
    }
  }
}

function start(form) {
  const list = document.getElementById("vf-films");
  const place = document.getElementById("vf-told");
  const input = form.elements.location;
  const tell = (words, isWrong) => {
    place.textContent = words;
    place.classList.toggle("vf-wrong", isWrong);
    input.toggleAttribute("aria-invalid", isWrong);
    if (isWrong) input.focus();
    refresh(list);
  };
  const post = async () => {
    const answer = await fetch("", { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
    return { status: answer?.status ?? 0, json: (await answer?.json().catch(() => null)) ?? {} };
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    place.textContent = t("Looking for films …");
    if (await importAll(post, tell)) input.value = "";
    button.disabled = false;
  });
  setInterval(() => refresh(list), POLL_MS);
}

const form = globalThis.document?.getElementById("vf-import");
if (form) start(form);
