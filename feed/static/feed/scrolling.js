/** Tells early at which clip a scroll will end, whether a key, a button or a finger began it. */

const SCROLL_TIMEOUT_MS = 1500;
/** Held keys run ahead of the scroll: from this many screens on it jumps. */
const FAR_SCREENS = 3;

export class Scrolling {
  /** Index of the clip that a scroll of ours leads to, -1 when none is under way. */
  #target = -1;
  #deadline = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timeout;

  /**
   * @param {HTMLElement} scroller
   * @param {(index: number) => void} show  Called for the clip that comes into view, not for those scrolled past.
   */
  constructor(scroller, show) {
    this.scroller = scroller;
    this.show = show;
    const options = { root: scroller, threshold: 0.55 };
    this.observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.#comesIntoView(target);
    }, options);
    scroller.addEventListener("pointerdown", () => this.#release(), { passive: true });
    scroller.addEventListener("wheel", () => this.#release(), { passive: true });
    scroller.addEventListener("scrollsnapchanging", (event) => {
      const { snapTargetBlock } = /** @type {Event & {snapTargetBlock: Element | null}} */ (event);
      if (snapTargetBlock) this.#comesIntoView(snapTargetBlock);
    });
    scroller.addEventListener("scrollend", () => this.#onScrollEnd());
  }

  /**
   * Watch an item, which carries its index in `data-index`.
   * @param {HTMLElement} item
   */
  watch(item) {
    this.observer.observe(item);
  }

  /**
   * Scroll to an item and show its clip at once.
   * @param {HTMLElement} item
   */
  go(item) {
    this.#target = Number(item.dataset.index);
    this.#deadline = performance.now() + SCROLL_TIMEOUT_MS;
    const isFar = Math.abs(item.offsetTop - this.scroller.scrollTop) > FAR_SCREENS * this.scroller.clientHeight;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: item.offsetTop, behavior: isFar || isStill ? "instant" : "smooth" });
    this.show(this.#target);
    clearTimeout(this.#timeout);
    this.#timeout = setTimeout(() => this.#finish(item), SCROLL_TIMEOUT_MS);
  }

  /** Follow the viewer's own scroll from now on. */
  #release() {
    this.#target = -1;
    clearTimeout(this.#timeout);
  }

  /**
   * Complete a scroll that was interrupted, as happens when items above it change.
   * @param {HTMLElement} item
   */
  #finish(item) {
    if (Math.abs(item.offsetTop - this.scroller.scrollTop) > 1) {
      this.scroller.scrollTo({ top: item.offsetTop, behavior: "instant" });
    }
    this.#release();
  }

  /** @param {number} index */
  #isScrolledPast(index) {
    return this.#target >= 0 && this.#target !== index && performance.now() < this.#deadline;
  }

  /** @param {Element} item */
  #comesIntoView(item) {
    const index = Number(/** @type {HTMLElement} */ (item).dataset.index);
    if (!this.#isScrolledPast(index)) this.show(index);
  }

  /** Each key press interrupts the scroll of the one before, whose end means nothing. */
  #onScrollEnd() {
    const index = Math.round(this.scroller.scrollTop / this.scroller.clientHeight);
    if (this.#isScrolledPast(index)) return;
    this.#release();
    this.show(index);
  }
}
