/** The files in what was dropped, folders included. */

import { t } from "../language.js";

/** All files of a drop, however deep; what cannot be read is told by name in `unreadable`. */
export async function filesOf(transfer) {
  const found = { files: [], unreadable: [] };
  // The entries are gone after the first pause.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile?.());
  for (const entry of entries.filter(Boolean)) await collect(entry, found);
  return found;
}

async function collect(entry, found) {
  try {
    if (entry.isDirectory) {
      for (const inner of await entriesOf(entry)) await collect(inner, found);
    } else {
      found.files.push(entry.isFile ? await fileOf(entry) : entry);
    }
  } catch {
    found.unreadable.push(entry.name);
  }
}

/** A folder's entries: browsers answer in batches, and the last one is empty. */
async function entriesOf(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (!batch.length) return all;
    all.push(...batch);
  }
}

function fileOf(entry) {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** Why a file is not uploaded, in words; "" when it may be. Hidden files are passed over: null. */
export function refusal(file, { endings, largest }) {
  if (file.name.startsWith(".") || file.name === "Thumbs.db") return null;
  const ending = file.name.includes(".") ? file.name.split(".").at(-1).toLowerCase() : "";
  if (!endings.includes(ending)) return t("It is no film: its name ends in none of %(endings)s.", { endings: endings.join(", ") });
  if (!file.size) return t("It is empty.");
  return file.size > largest.bytes ? t("It is larger than %(size)s.", { size: largest.words }) : "";
}
