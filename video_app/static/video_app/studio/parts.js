/** How large the next part of an upload is, and how long to wait after a failure. */

const MIB = 1024 ** 2;
export const LARGEST = 16 * MIB;
export const SMALLEST = MIB / 4;
const LONGEST_PAUSE = 30;

/**
 * Parts are halved after two failures at one offset: a proxy on the way may allow less, and says so
 * in no way that a page can read. They grow again once five have come through.
 */
export class Parts {
  size = LARGEST;
  #failedAt = -1;
  #failures = 0;
  #successes = 0;

  succeeded() {
    this.#failures = 0;
    this.#failedAt = -1;
    this.#successes += 1;
    if (this.#successes % 5 === 0) this.size = Math.min(LARGEST, 2 * this.size);
  }

  /** Note a failure at this offset; the seconds to wait. */
  failed(offset, { isTooLarge = false } = {}) {
    this.#failures = offset === this.#failedAt ? this.#failures + 1 : 1;
    this.#failedAt = offset;
    this.#successes = 0;
    if (isTooLarge || this.#failures % 2 === 0) this.size = Math.max(SMALLEST, Math.floor(this.size / 2));
    return isTooLarge ? 0 : Math.min(LONGEST_PAUSE, 2 ** (this.#failures - 1));
  }

  get isSmallest() {
    return this.size === SMALLEST;
  }

  get isHalved() {
    return this.size < LARGEST;
  }
}
