/** Sharing a clip: the system's own sheet where there is one, otherwise a sheet with the link, an email, and embed code. */
import { find } from "../site/mount.js";
import { mountWays, shareNatively } from "../site/share.js";
import { request } from "./api.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { sendChoice } from "./marks.js";
import { fillPlaceholders } from "./placeholders.js";

/** @import { Clip } from "./clips.js" */
/** @import { Feed } from "./player.js" */

/**
 * @param {Feed} feed
 * @returns {{open: (clip: Clip) => Promise<void>}}
 */
export function mountShare(feed) {
  const dialog = find(document, "[data-share-sheet]", HTMLDialogElement);
  const isSignedIn = feed.root.dataset.signedIn === "true";

  /**
   * Return the viewer's own link to a clip, which counts how many people open it, or the clip's address.
   * @param {Clip} clip
   * @returns {Promise<string>}
   */
  async function linkTo(clip) {
    const plain = new URL(clip.url, location.href).href;
    if (!isSignedIn) return plain;
    const link = await request("PUT", endpoint("share_link", { code: clip.code })).catch(() => null);
    return link?.url ?? plain;
  }

  /**
   * @param {Clip} clip
   * @param {string} url
   */
  function show(clip, url) {
    find(dialog, "[data-part=link]", HTMLInputElement).value = url;
    const query = `subject=${encodeURIComponent(clip.caption)}&body=${encodeURIComponent(url)}`;
    find(dialog, "[data-part=email]", HTMLAnchorElement).href = `mailto:?${query}`;
    const embed = find(dialog, "[data-part=embed]", HTMLTextAreaElement);
    embed.value = fillPlaceholders(String(embed.dataset.pattern), { code: clip.code, title: escapeHtml(clip.caption) });
    find(dialog, "[data-part=more]", HTMLAnchorElement).href = `${clip.url}share/`;
    find(dialog, "[data-part=copied]").textContent = "";
    openDialog(dialog);
  }

  prepareDialog(dialog);
  mountWays(dialog);
  return {
    async open(clip) {
      const url = await linkTo(clip);
      if (!(await shareNatively({ title: clip.caption, url }))) show(clip, url);
      await sendChoice("POST", endpoint("share", { code: clip.code })).catch(() => null); // it can be shared anyway
    },
  };
}

/** @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);
