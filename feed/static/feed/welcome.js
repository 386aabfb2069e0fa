/** The sheet that asks new viewers for their interests. Closing it skips the choice. */
import { find, findAll } from "../site/mount.js";
import { toast } from "./announce.js";
import { ApiError, isRequestError, request } from "./api.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { errorText } from "./errors.js";
import { sendChoice } from "./marks.js";
import { message } from "./messages.js";

/** @import { Feed } from "./player.js" */

/** @typedef {{slug: string, name: string, picture: string, is_chosen: boolean}} Interest */

/**
 * Open the sheet if the viewer was never asked. The page has none if it is known that they were.
 * @param {Feed} feed
 */
export async function askForInterests(feed) {
  const dialog = document.querySelector("[data-welcome]");
  if (!(dialog instanceof HTMLDialogElement)) return;
  /** @type {{is_asked: boolean, minimum: number, interests: Interest[]} | null} */
  const offered = await request("GET", endpoint("interests")).catch(() => null);
  if (!offered || offered.is_asked || offered.interests.length < offered.minimum) return;
  if (document.querySelector("dialog[open]")) return;
  mount(feed, dialog, offered.interests, offered.minimum);
  openDialog(dialog);
}

/**
 * @param {Feed} feed
 * @param {HTMLDialogElement} dialog
 * @param {Interest[]} interests
 * @param {number} minimum
 */
function mount(feed, dialog, interests, minimum) {
  const form = find(dialog, "form", HTMLFormElement);
  const problem = find(form, "[data-part=problem]");
  const button = find(form, "button:not([type])", HTMLButtonElement);
  const chosen = () => findAll(form, "input:checked").map((box) => /** @type {HTMLInputElement} */ (box).value);
  let isSaved = false;

  function showCount() {
    const [count, least] = [chosen().length, minimum].map((one) => one.toLocaleString(document.documentElement.lang));
    find(form, "[data-part=chosen]").textContent = message("interests_chosen", { count, minimum: least });
    problem.hidden = true;
  }

  async function submit() {
    button.disabled = true;
    try {
      await sendChoice("PUT", endpoint("interests"), { interests: chosen() });
    } catch (error) {
      if (!isRequestError(error)) throw error;
      const text = (error instanceof ApiError && errorText(error.body)) || message("failed");
      Object.assign(problem, { textContent: text, hidden: false });
      return;
    } finally {
      button.disabled = false;
    }
    isSaved = true;
    dialog.close();
    toast(message("interests_saved"));
    await feed.paging.reconsider();
  }

  find(form, "[data-part=interests]").replaceChildren(...interests.map(makeInterest));
  showCount();
  prepareDialog(dialog);
  form.addEventListener("change", showCount);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  dialog.addEventListener("close", () => {
    if (!isSaved) sendChoice("POST", endpoint("interests")).catch(() => null); // otherwise, the next visit asks again
  });
}

/** @param {Interest} interest */
function makeInterest({ slug, name, picture, is_chosen: isChosen }) {
  const { content } = find(document, "template[data-interest-template]", HTMLTemplateElement);
  const label = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (content.firstElementChild).cloneNode(true));
  find(label, "[data-part=name]").textContent = name;
  Object.assign(find(label, "input", HTMLInputElement), { value: slug, checked: isChosen });
  if (picture) {
    label.classList.add("interest--pictured");
    label.prepend(Object.assign(new Image(320, 320), { src: picture, alt: "", decoding: "async" }));
  }
  return label;
}
