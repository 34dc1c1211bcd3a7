/** Lists of links, made without markup from text. */

/** `<li><a href>text <span>note</span></a></li>` */
export function linkItem(href, text, note = "") {
  const item = document.createElement("li");
  item.append(link(href, text));
  if (note) {
    const small = document.createElement("span");
    small.textContent = note;
    item.firstChild.append(" ", small);
  }
  return item;
}

export function link(href, text) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}
