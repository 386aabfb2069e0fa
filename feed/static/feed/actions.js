/** What a touch on the clip does: play and pause, sound, like, save, follow, share, "not for me", products, why. */
import { toast } from "./announce.js";
import { ApiError, ask } from "./api.js";
import { keepForLater } from "./marks.js";
import { tell } from "./outbox.js";
import { showMarks } from "./slide.js";
import { word } from "./messages.js";

const DOUBLE_TAP_MS = 280;

export function actions(feed) {
  const { scroller } = feed;
  const acts = {
    sound: () => feed.playback.toggleSound(),
    captions: () => feed.playback.toggleCaptions(),
    like: (entry) => mark(entry, "like", "is_liked"),
    save: (entry) => mark(entry, "save", "is_saved", word("saved")),
    follow: (entry) => follow(feed, entry),
    share: (entry) => share(entry),
    hide: (entry) => hide(feed, entry),
    why: ({ clip }) => feed.why.open(clip),
  };
  scroller.addEventListener("click", (event) => {
    const entry = entryOf(feed, event.target);
    const button = event.target.closest("[data-act]");
    if (!entry) return;
    if (button?.dataset.act === "toggle") tap(feed, entry, event);
    else if (button) acts[button.dataset.act]?.(entry);
    else clickElsewhere(feed, entry, event);
  });
  scroller.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest("[data-part=bar]");
    if (bar) scrub(feed, bar, event);
  });
}

function entryOf(feed, target) {
  const item = target.closest("[data-index]");
  return item ? feed.entry(Number(item.dataset.index)) : undefined;
}

function clickElsewhere(feed, { clip, slide }, event) {
  const item = event.target.closest("[data-tag]");
  if (item && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    feed.sheet.open(clip, Number(item.dataset.tag));
  } else if (event.target.closest("[data-part=caption]")) {
    slide.querySelector("[data-part=caption]").classList.toggle("slide__caption--whole");
  }
}

/** One tap plays or pauses, two like: the first waits for the second as long as a hand may take. */
function tap(feed, entry, event) {
  if (event.detail === 0) return feed.playback.toggle();
  if (feed.tapTimer) {
    clearTimeout(feed.tapTimer);
    feed.tapTimer = 0;
    return heart(entry, event);
  }
  feed.tapTimer = setTimeout(() => {
    feed.tapTimer = 0;
    feed.playback.toggle();
  }, DOUBLE_TAP_MS);
  return undefined;
}

function heart(entry, event) {
  const shape = entry.slide.querySelector("[data-part=heart]");
  const box = entry.slide.querySelector(".slide__stage").getBoundingClientRect();
  shape.style.left = `${event.clientX - box.left}px`;
  shape.style.top = `${event.clientY - box.top}px`;
  shape.classList.remove("slide__heart--up");
  // Reading a measure makes the browser notice that the class went and came.
  void shape.offsetWidth;
  shape.classList.add("slide__heart--up");
  if (!entry.clip.is_liked) mark(entry, "like", "is_liked");
}

function scrub(feed, bar, event) {
  const move = (at) => {
    const box = bar.getBoundingClientRect();
    const share = (at.clientX - box.left) / box.width;
    feed.playback.seek(Math.min(Math.max(share, 0), 0.999));
  };
  bar.setPointerCapture(event.pointerId);
  move(event);
  bar.addEventListener("pointermove", move);
  bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
}

/** Show the change at once, tell the server, and take the change back when it could not be kept. */
async function mark(entry, verb, field, said) {
  const { clip, slide } = entry;
  const isOn = !clip[field];
  const set = (value) => {
    clip[field] = value;
    if (slide.dataset.code === clip.code) showMarks(slide, clip);
  };
  set(isOn);
  if (isOn && said) toast(said, () => mark(entry, verb, field));
  await tellMark(isOn, `/api/v1/clips/${clip.code}/${verb}/`, () => set(!isOn));
}

/** Without a connection a mark stays, and is told later. */
async function tellMark(isOn, url, undo) {
  const method = isOn ? "POST" : "DELETE";
  if (!navigator.onLine && keepForLater(method, url)) toast(word("offline"));
  else await attempt(() => ask(method, url), undo);
}

async function follow(feed, { clip, slide }) {
  const isOn = !clip.creator.is_followed;
  const set = (value) => {
    feed.clips.follow(clip.creator.handle, value);
    showMarks(slide, clip);
  };
  set(isOn);
  await tellMark(isOn, `/api/v1/creators/${clip.creator.handle}/follow/`, () => set(!isOn));
}

async function share({ clip }) {
  const url = new URL(clip.url, location.href).href;
  if (navigator.share) {
    try {
      await navigator.share({ title: clip.caption, text: clip.caption, url });
    } catch (error) {
      if (error.name === "AbortError") return;
      throw error;
    }
  } else {
    await navigator.clipboard.writeText(url);
    toast(word("copied"));
  }
  tell({ token: clip.token, kind: "share" });
}

async function hide(feed, { clip }) {
  const back = feed.skip(feed.clips.indexOf(clip));
  const url = `/api/v1/clips/${clip.code}/not-interested/`;
  toast(word("hidden"), () => {
    back();
    attempt(() => ask("DELETE", url));
  });
  await attempt(() => ask("POST", url));
}

export async function attempt(request, undo) {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
    undo?.();
    toast(word("failed"));
    return undefined;
  }
}
