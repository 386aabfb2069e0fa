/** Run `mount(element)` once for every element that carries `data-<name>`, now and after `root` is filled again. */
export function mountAll(name, mount, root = document) {
  for (const element of root.querySelectorAll(`[data-${name}]`)) {
    if (element.dataset.mounted?.split(" ").includes(name)) continue;
    element.dataset.mounted = `${element.dataset.mounted ?? ""} ${name}`.trim();
    mount(element);
  }
}

/** The token that every unsafe request to this site carries. */
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie
    ? decodeURIComponent(cookie.slice("csrftoken=".length))
    : (document.querySelector("meta[name=csrf]")?.content ?? "");
}
