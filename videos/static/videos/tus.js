/**
 * Resumable uploads: a file in pieces, continued after a lost connection, a closed tab or a restarted server.
 * Source: tus.io, protocol 1.0.0.
 */
import { csrfToken } from "../site/mount.js";
import { encodeMetadata, isTransient, retryDelay } from "./tus-protocol.js";

const PIECE_BYTES = 4 * 1024 * 1024;
const MAX_RETRIES = 40;

/** @typedef {{url: string, clip: string}} StoredUpload  An unfinished upload, and the draft that it belongs to. */

/** The server refused the file: the sentences to show, and whether trying again is of no use. */
export class UploadRefused extends Error {
  /**
   * @param {string[]} sentences
   * @param {boolean} isFinal
   */
  constructor(sentences, isFinal) {
    super(sentences.join(" "));
    this.sentences = sentences;
    this.isFinal = isFinal;
  }
}

/** The server could not be reached however often it was tried. */
export class ConnectionLost extends Error {}

/** @param {File} file */
const storageKey = (file) => `upload:${file.name}:${file.size}:${file.lastModified}`;

/**
 * Return the unfinished upload of this very file, or null.
 * @param {File} file
 * @returns {StoredUpload | null}
 */
export function storedUpload(file) {
  return JSON.parse(localStorage.getItem(storageKey(file)) ?? "null");
}

/**
 * Discard an unfinished upload. If the server can't be reached, it gives the place away later.
 * @param {string} url
 */
export async function discardUpload(url) {
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken() };
  await fetch(url, { method: "DELETE", headers }).catch(() => null);
}

/**
 * Discard what has arrived of a file, unless all of it has.
 * @param {File} file
 */
export async function discardFile(file) {
  const stored = storedUpload(file);
  if (!stored) return;
  localStorage.removeItem(storageKey(file));
  await discardUpload(stored.url);
}

/**
 * Upload a file for a draft. `done` resolves when the server has it, and rejects with UploadRefused or ConnectionLost.
 * @param {string} endpoint
 * @param {File} file
 * @param {string} clip  The draft's code.
 * @param {{onProgress: (share: number) => void, onRetry: () => void}} listeners
 * @returns {{done: Promise<void>, pause: () => void, resume: () => void}}
 */
export function startUpload(endpoint, file, clip, { onProgress, onRetry }) {
  /** @type {XMLHttpRequest | null} */
  let current = null;
  /** @type {PromiseWithResolvers<void> | null} */
  let paused = null;

  /**
   * @param {string} method
   * @param {string} url
   * @param {Record<string, string>} [headers]
   * @param {Blob} [body]
   * @returns {Promise<XMLHttpRequest>} Rejects when the server cannot be reached.
   */
  function request(method, url, headers = {}, body) {
    return new Promise((resolve, reject) => {
      const xhr = (current = new XMLHttpRequest());
      xhr.open(method, url);
      const all = { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrfToken(), ...headers };
      for (const [name, value] of Object.entries(all)) xhr.setRequestHeader(name, value);
      if (body) {
        const start = Number(headers["Upload-Offset"]);
        xhr.upload.addEventListener("progress", (event) => onProgress((start + event.loaded) / file.size));
      }
      xhr.addEventListener("load", () => resolve(xhr));
      for (const name of ["error", "abort", "timeout"]) xhr.addEventListener(name, () => reject(new Error(name)));
      xhr.send(body ?? null);
    });
  }

  /** Find the stored upload's offset, or create an upload. */
  async function findOrCreate() {
    const stored = storedUpload(file);
    if (stored?.clip === clip) {
      const head = await request("HEAD", stored.url);
      if (head.status === 200) return { url: stored.url, offset: offsetOf(head) };
      if (head.status >= 500 || head.status === 423) throw new Error("busy");
      localStorage.removeItem(storageKey(file));
    }
    const metadata = encodeMetadata({ filename: file.name, clip });
    const created = await request("POST", endpoint, {
      "Upload-Length": String(file.size),
      "Upload-Metadata": metadata,
    });
    raiseForStatus(created);
    const url = new URL(String(created.getResponseHeader("Location")), location.href).pathname;
    localStorage.setItem(storageKey(file), JSON.stringify({ url, clip }));
    return { url, offset: 0 };
  }

  async function send() {
    let retries = 0;
    for (;;) {
      if (paused) await paused.promise;
      try {
        let { url, offset } = await findOrCreate();
        while (offset < file.size) {
          const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
          const response = await request("PATCH", url, headers, file.slice(offset, offset + PIECE_BYTES));
          raiseForStatus(response);
          offset = offsetOf(response);
          retries = 0;
          onProgress(offset / file.size);
        }
        localStorage.removeItem(storageKey(file));
        return;
      } catch (error) {
        if (error instanceof UploadRefused) {
          if (error.isFinal) localStorage.removeItem(storageKey(file));
          throw error;
        }
        if (paused) continue;
        retries += 1;
        if (retries > MAX_RETRIES) throw new ConnectionLost();
        onRetry();
        await delayOrOnline(retryDelay(retries));
      }
    }
  }

  return {
    done: send(),
    pause() {
      paused ??= Promise.withResolvers();
      current?.abort();
    },
    resume() {
      paused?.resolve();
      paused = null;
    },
  };
}

/** @param {XMLHttpRequest} response */
const offsetOf = (response) => Number(response.getResponseHeader("Upload-Offset"));

/**
 * @param {XMLHttpRequest} response
 * @throws {UploadRefused} If the server would refuse another try as well.
 * @throws {Error} If another try may succeed.
 */
function raiseForStatus({ status, statusText, responseText }) {
  if (status < 300) return;
  if (isTransient(status)) throw new Error(String(status));
  let body = {};
  try {
    body = JSON.parse(responseText);
  } catch {
    // A proxy's page: its status has to do.
  }
  const { file, detail } = /** @type {{file?: string[], detail?: string}} */ (body);
  throw new UploadRefused(file ?? [detail ?? statusText], ![429, 507].includes(status));
}

/**
 * Wait, or until the browser comes online.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
function delayOrOnline(milliseconds) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener("online", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener("online", finish);
  });
}
