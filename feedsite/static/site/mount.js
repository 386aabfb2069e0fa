/** What every module of the pages needs: mounting by data attribute, elements by selector, the CSRF token. */

/**
 * Call `mount(element)` once for every element that carries `data-<name>`. Call it again after `root` got new content.
 * @param {string} name  The data attribute without its prefix.
 * @param {(element: any) => void} mount
 * @param {ParentNode} [root]
 */
export function mountAll(name, mount, root = document) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${name}]`))) {
    if (element.dataset.mounted?.split(" ").includes(name)) continue;
    element.dataset.mounted = `${element.dataset.mounted ?? ""} ${name}`.trim();
    mount(element);
  }
}

/**
 * Return the first descendant that matches. For elements that the template always renders.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {abstract new () => E} [type]  Its class, HTMLElement unless said otherwise.
 * @returns {E}
 * @throws {Error} If no element of that class matches.
 */
export function find(root, selector, type) {
  const element = root.querySelector(selector);
  if (!(element instanceof (type ?? HTMLElement))) throw new Error(`The page has no ${selector}.`);
  return /** @type {E} */ (element);
}

/**
 * Return all descendants that match, in the order of the document.
 * @template {Element} [E=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {abstract new () => E} [_type]  Their class, HTMLElement unless said otherwise.
 * @returns {E[]}
 */
export function findAll(root, selector, _type) {
  return /** @type {E[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * Return the element that an event happened on, or its closest ancestor, that matches; null when there is none.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}

/**
 * Return the token that every unsafe request to this site must carry.
 * @returns {string}
 */
export function csrfToken() {
  for (const name of ["__Host-csrftoken=", "csrftoken="]) {
    const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(name));
    if (cookie) return decodeURIComponent(cookie.slice(name.length));
  }
  return document.querySelector("meta[name=csrf]")?.getAttribute("content") ?? "";
}
