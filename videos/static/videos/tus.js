/** A file in pieces, gone on with after any break: lost connection, closed tab, restarted server. Source: tus.io, 1.0.0. */
import { csrfToken } from "../site/mount.js";

const PIECE_BYTES = 4 * 1024 * 1024;
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const GIVE_UP_AFTER = 40;

const base64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
const keyOf = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

/** What is remembered of an unfinished upload of this very file: {url, clip}; null when there is none. */
export function remembered(file) {
  return JSON.parse(localStorage.getItem(keyOf(file)) ?? "null");
}

/**
 * Send `file` for the draft `clip`. `onProgress(share)` as it goes, `onBreak()` when it waits for the connection.
 * Returns {done, pause, resume}; `done` resolves when the file was taken, and rejects with {errors} or {lost: true}.
 */
export function sendResumably(address, file, clip, { onProgress, onBreak = () => {} }) {
  let current = null;
  let paused = null;
  const pause = () => {
    paused ??= Promise.withResolvers();
    current?.abort();
  };
  const resume = () => {
    paused?.resolve();
    paused = null;
  };

  function ask(method, url, headers, body) {
    return new Promise((resolve, reject) => {
      const request = (current = new XMLHttpRequest());
      request.open(method, url);
      for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken(), ...headers }))
        request.setRequestHeader(name, value);
      if (body) {
        const start = Number(headers["Upload-Offset"]);
        request.upload.addEventListener("progress", (event) => onProgress((start + event.loaded) / file.size));
      }
      request.addEventListener("load", () => resolve(request));
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => reject(new Error(name)));
      request.send(body ?? null);
    });
  }

  async function find() {
    const known = remembered(file);
    if (known?.clip === clip) {
      const answer = await ask("HEAD", known.url, {});
      if (answer.status === 200) return { url: known.url, offset: offsetOf(answer) };
      if (answer.status >= 500 || answer.status === 423) throw new Error("busy");
      localStorage.removeItem(keyOf(file));
    }
    const metadata = `filename ${base64(file.name)},clip ${base64(clip)}`;
    const answer = await ask("POST", address, { "Upload-Length": file.size, "Upload-Metadata": metadata });
    refuse(answer);
    const url = new URL(answer.getResponseHeader("Location"), location.href).pathname;
    localStorage.setItem(keyOf(file), JSON.stringify({ url, clip }));
    return { url, offset: 0 };
  }

  async function go() {
    let tries = 0;
    for (;;) {
      if (paused) await paused.promise;
      try {
        let { url, offset } = await find();
        while (offset < file.size) {
          const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
          const answer = await ask("PATCH", url, headers, file.slice(offset, offset + PIECE_BYTES));
          refuse(answer);
          offset = offsetOf(answer);
          tries = 0;
          onProgress(offset / file.size);
        }
        localStorage.removeItem(keyOf(file));
        return;
      } catch (failure) {
        if (failure.errors) {
          if (failure.isFinal) localStorage.removeItem(keyOf(file));
          throw failure;
        }
        if (paused) continue;
        if (++tries > GIVE_UP_AFTER) throw { lost: true };
        onBreak();
        await connection(WAITS_MS[Math.min(tries, WAITS_MS.length) - 1]);
      }
    }
  }

  return { done: go(), pause, resume };
}

const offsetOf = (answer) => Number(answer.getResponseHeader("Upload-Offset"));

/** Throw {errors} for an answer that another try would get again, and an Error for one that would not. */
function refuse(answer) {
  if (answer.status < 300) return;
  const isPassing = [404, 409, 423, 460, 502, 503, 504].includes(answer.status) || answer.status === 500;
  if (isPassing) throw new Error(String(answer.status));
  let said = {};
  try {
    said = JSON.parse(answer.responseText);
  } catch {
    said = {};
  }
  throw { errors: said.file ?? [said.detail ?? answer.statusText], isFinal: ![429, 507].includes(answer.status) };
}

/** Wait a while, or until the browser says that it is online again. */
function connection(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
