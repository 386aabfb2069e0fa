/** Tells early at which clip a scroll will end, whether a key, a button or a hand began it. */
const SCROLLS_MS = 1500;
/** Keys held down leave the scroll behind; from so many screens on it jumps. */
const FAR_SCREENS = 3;

export class Scrolling {
  #heading = -1;
  #until = 0;
  #arrival = 0;

  /** `show(index)` is called for the clip that comes; those passed on the way to another are left out. */
  constructor(scroller, show) {
    Object.assign(this, { scroller, show });
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), { root: scroller, threshold: 0.55 });
    scroller.addEventListener("pointerdown", () => this.#free(), { passive: true });
    scroller.addEventListener("wheel", () => this.#free(), { passive: true });
    scroller.addEventListener("scrollsnapchanging", ({ snapTargetBlock: target }) => {
      if (target) this.#seen([{ isIntersecting: true, target }]);
    });
    scroller.addEventListener("scrollend", () => this.#ended());
  }

  /** Watch an item, which carries its place in `data-index`. */
  watch(item) {
    this.observer.observe(item);
  }

  go(item) {
    this.#heading = Number(item.dataset.index);
    this.#until = performance.now() + SCROLLS_MS;
    const isFar = Math.abs(item.offsetTop - this.scroller.scrollTop) > FAR_SCREENS * this.scroller.clientHeight;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const behavior = isFar || isStill ? "instant" : "smooth";
    this.scroller.scrollTo({ top: item.offsetTop, behavior });
    this.show(this.#heading);
    clearTimeout(this.#arrival);
    this.#arrival = setTimeout(() => this.#arrive(item), SCROLLS_MS);
  }

  #free() {
    this.#heading = -1;
    clearTimeout(this.#arrival);
  }

  /** A scroll that was broken off on its way, by items that changed above it, comes to its end all the same. */
  #arrive(item) {
    if (Math.abs(item.offsetTop - this.scroller.scrollTop) > 1)
      this.scroller.scrollTo({ top: item.offsetTop, behavior: "instant" });
    this.#free();
  }

  #isPassing(index) {
    return this.#heading >= 0 && this.#heading !== index && performance.now() < this.#until;
  }

  #seen(entries) {
    for (const { isIntersecting, target } of entries) {
      const index = Number(target.dataset.index);
      if (isIntersecting && !this.#isPassing(index)) this.show(index);
    }
  }

  /** Each press of a key ends the scroll of the one before, which leads nowhere. */
  #ended() {
    const index = Math.round(this.scroller.scrollTop / this.scroller.clientHeight);
    if (this.#isPassing(index)) return;
    this.#free();
    this.show(index);
  }
}
