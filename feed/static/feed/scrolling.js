/** Scrolling: predicts at which clip a scroll will end, whether a key, a button or a finger started it. */

/** The scroller is at rest when it has not moved for this long. Its position then corrects what events predicted. */
const REST_MS = 200;
/** A held key can outrun the scroll. From this many screens away, the scroller jumps. */
const FAR_SCREENS = 3;

export class Scrolling {
  /** Index of the clip that a scroll by script leads to, or -1 if there is no such scroll. */
  #target = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #restTimer;

  /**
   * @param {HTMLElement} scroller
   * @param {(index: number) => void} show  Called for the clip that comes into view, not for those scrolled past.
   * @param {() => void} onRest  Called once the scroller is at rest, after the clip in view was shown.
   */
  constructor(scroller, show, onRest) {
    this.scroller = scroller;
    this.show = show;
    this.onRest = onRest;
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
    scroller.addEventListener("scroll", () => this.#awaitRest(), { passive: true });
    scroller.addEventListener("scrollend", () => this.#onScrollEnd());
    addEventListener("resize", () => this.#awaitRest());
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
    const isFar = Math.abs(item.offsetTop - this.scroller.scrollTop) > FAR_SCREENS * this.scroller.clientHeight;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: item.offsetTop, behavior: isFar || isStill ? "instant" : "smooth" });
    this.show(this.#target);
    this.#awaitRest();
  }

  /** Index of the clip at which the current scroll will end, or of the clip in view. */
  get destination() {
    return this.#target >= 0 ? this.#target : this.#nearest;
  }

  /** Index of the clip that fills most of the scroller. */
  get #nearest() {
    return Math.round(this.scroller.scrollTop / this.scroller.clientHeight);
  }

  /** Follow the viewer's scroll from now on, not one by script. */
  #release() {
    this.#target = -1;
  }

  #awaitRest() {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#settle(), REST_MS);
  }

  /**
   * Show the clip that is really in view, because events may have come late, in another order, or not at all. If a
   * scroll by script was interrupted, for example because items above it changed, complete it first.
   */
  #settle() {
    const item = /** @type {HTMLElement | undefined} */ (this.scroller.children[this.#target]);
    if (item && Math.abs(item.offsetTop - this.scroller.scrollTop) > 1) {
      this.scroller.scrollTo({ top: item.offsetTop, behavior: "instant" });
    }
    this.#release();
    this.show(this.#nearest);
    this.onRest();
  }

  /** @param {Element} item */
  #comesIntoView(item) {
    const index = Number(/** @type {HTMLElement} */ (item).dataset.index);
    if (this.#target < 0 || this.#target === index) this.show(index);
    this.#awaitRest();
  }

  /** Each key press interrupts the scroll that the previous press started, so the end of that scroll is ignored. */
  #onScrollEnd() {
    const index = this.#nearest;
    if (this.#target >= 0 && this.#target !== index) return;
    this.#release();
    this.show(index);
  }
}
