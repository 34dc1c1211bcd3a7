/** The page's language. English sentences are the keys of its catalogue, which `words/` holds. */

const ENGLISH = { plural: (count) => Number(count !== 1), texts: {} };
const catalogue = () => globalThis.videoflixWords ?? ENGLISH;

/** The sentence in the page's language, with `%(name)s` filled in from `values`. */
export function t(text, values = {}) {
  const found = catalogue().texts[text] ?? text;
  return filled(Array.isArray(found) ? found[0] : found, values);
}

/** As `t`, of a word that means something else elsewhere. */
export function inContext(context, text) {
  return catalogue().texts[`${context}\u0004${text}`] ?? text;
}

/** The API's name for a category, which it has in English only. */
export const categoryName = (label) => inContext("category", label);

/** As `t`, in the form that suits `count`, which is `%(count)s` too. */
export function n(one, many, count, values = {}) {
  const { texts, plural } = catalogue();
  const forms = texts[one] ?? (count === 1 ? [one, one] : [many, many]);
  return filled(forms[plural(count)] ?? many, { count: number(count), ...values });
}

/** Says of a sentence that stands in a table that it is to be translated, by `t`, later. */
export const mark = (text) => text;

function filled(text, values) {
  return text.replace(/%(?:%|\((\w+)\)s)/g, (whole, name) => (name ? values[name] : "%"));
}

/** 1234.5 → "1,234.5" */
export function number(value, options = {}) {
  return value.toLocaleString(locale(), options);
}

export const pageLanguage = () => globalThis.document?.documentElement?.lang || "en";

/** The page's language, in the kind of it that the browser prefers: "en-GB". */
export function locale() {
  const page = pageLanguage();
  const preferred = globalThis.navigator?.languages ?? [];
  return preferred.find((each) => each.split("-")[0] === page) ?? page;
}
