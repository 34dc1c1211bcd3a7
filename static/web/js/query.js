/** What the home page's address asks for: `/?q=` a search, `/?category=` a category, else neither. */

export function readQuery(search) {
  const wanted = new URLSearchParams(search);
  return { search: wanted.get("q") ?? "", category: wanted.get("category") ?? "" };
}

export function isAsked({ search, category }) {
  return Boolean(search || category);
}

/** The address for what was typed; `null` when it is the present one. */
export function searchUrl(typed, present) {
  const text = typed.trim();
  const url = text ? `/?q=${encodeURIComponent(text)}` : "/";
  return url === present ? null : url;
}

export function titleFor({ search, category }) {
  return search ? `Results for “${search}”` : category;
}

export function countText(count) {
  return count === 1 ? "1 film" : `${count} films`;
}
