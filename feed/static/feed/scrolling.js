/**
 * Scrolling: says which clip is in view. What counts is where the scroller is, which is read again and again. Events
 * only predict where a scroll will end, so that the next clip plays early: they may come late, or not at all.
 */

const LOOK_EVERY_MS = 100;
/** The scroller is at rest when it has not moved for this long. */
const REST_MS = 180;
/** A held key can outrun the scroll. From this many screens away, the scroller jumps. */
const FAR_SCREENS = 3;

export class Scrolling {
  /** Index of the clip that a scroll by script leads to, or -1 if there is no such scroll. */
  #target = -1;
  /** Index of the clip shown last. */
  #shown = 0;
  /** `scrollTop` when it was last read, and when it last changed. */
  #position = 0;
  #movedAt = 0;
  /** Whether a finger holds the scroller. */
  #isHeld = false;

  /**
   * @param {HTMLElement} scroller
   * @param {(index: number) => void} show  Called for the clip that comes into view, not for those scrolled past.
   * @param {() => void} onRest  Called again and again while the scroller is at rest, after the clip in view was shown.
   */
  constructor(scroller, show, onRest) {
    this.scroller = scroller;
    this.show = (/** @type {number} */ index) => show((this.#shown = index));
    this.onRest = onRest;
    const options = { root: scroller, threshold: 0.55 };
    this.observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) this.#predict(target);
    }, options);
    for (const type of ["pointerdown", "wheel"]) {
      scroller.addEventListener(type, () => (this.#target = -1), { passive: true });
    }
    for (const type of ["touchstart", "touchend", "touchcancel"]) {
      scroller.addEventListener(type, () => (this.#isHeld = type === "touchstart"), { passive: true });
    }
    scroller.addEventListener("scrollsnapchanging", (event) => {
      const { snapTargetBlock } = /** @type {Event & {snapTargetBlock: Element | null}} */ (event);
      if (snapTargetBlock) this.#predict(snapTargetBlock);
    });
    scroller.addEventListener("scroll", () => this.#look(), { passive: true });
    addEventListener("resize", () => this.#keepClip());
    setInterval(() => this.#look(), LOOK_EVERY_MS);
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
   * @param {boolean} [isInstant]
   */
  go(item, isInstant = false) {
    this.#target = Number(item.dataset.index);
    this.#isHeld = false;
    const isFar = Math.abs(item.offsetTop - this.scroller.scrollTop) > FAR_SCREENS * this.scroller.clientHeight;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = isFar || isStill || isInstant ? "instant" : "smooth";
    this.scroller.scrollTo({ top: item.offsetTop, behavior });
    this.#movedAt = performance.now();
    this.show(this.#target);
  }

  /** Index of the clip at which the current scroll will end, or of the clip in view. */
  get destination() {
    return this.#target >= 0 ? this.#target : this.#nearest;
  }

  /** Index of the clip that fills most of the scroller. */
  get #nearest() {
    const height = this.scroller.firstElementChild?.getBoundingClientRect().height || this.scroller.clientHeight;
    return Math.max(0, Math.round(this.scroller.scrollTop / height));
  }

  get #isAtRest() {
    return this.scroller.scrollTop === this.#position && performance.now() - this.#movedAt >= REST_MS;
  }

  #look() {
    if (this.#isAtRest) return this.#rest();
    if (this.scroller.scrollTop === this.#position) return;
    this.#position = this.scroller.scrollTop;
    this.#movedAt = performance.now();
  }

  /**
   * Show the clip that is really in view. If a scroll was interrupted, for example because the window got another size,
   * complete it first.
   */
  #rest() {
    const index = this.#target >= 0 ? this.#target : this.#nearest;
    const item = /** @type {HTMLElement | undefined} */ (this.scroller.children[index]);
    if (item && !this.#isHeld && Math.abs(item.offsetTop - this.scroller.scrollTop) > 1) {
      this.scroller.scrollTo({ top: item.offsetTop, behavior: "instant" });
      this.#position = this.scroller.scrollTop;
    }
    this.#target = -1;
    this.show(this.#nearest);
    this.onRest();
  }

  /**
   * Show a clip that is about to come into view. A prediction that comes after the scroll has ended does not count.
   * @param {Element} item
   */
  #predict(item) {
    const index = Number(/** @type {HTMLElement} */ (item).dataset.index);
    if (this.#target >= 0 ? this.#target === index : !this.#isAtRest || index === this.#nearest) this.show(index);
  }

  /** Stay at the same clip when the screen is turned or the window gets another size. */
  #keepClip() {
    const index = this.#target >= 0 ? this.#target : this.#shown;
    const item = /** @type {HTMLElement | undefined} */ (this.scroller.children[index]);
    if (item) this.scroller.scrollTo({ top: item.offsetTop, behavior: "instant" });
    this.#movedAt = performance.now();
  }
}
