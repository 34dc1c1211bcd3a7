/** localStorage, which a private window may refuse. */

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then nothing is remembered: every use copes with that.
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was remembered.
  }
}
