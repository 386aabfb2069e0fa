/** Sentences in the page's language, which the server renders into `<template data-messages>`. */
import { findAll } from "../site/mount.js";
import { fillPlaceholders } from "./placeholders.js";

/** @type {Map<string, string>} */
const messages = new Map();

/**
 * Return a sentence in the page's language, with its placeholders filled in.
 * @param {string} name  As in `data-message`.
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function message(name, values = {}) {
  if (messages.size === 0) {
    const template = document.querySelector("template[data-messages]");
    if (template instanceof HTMLTemplateElement) {
      for (const line of findAll(template.content, "[data-message]")) {
        messages.set(String(line.dataset.message), line.textContent ?? "");
      }
    }
  }
  return fillPlaceholders(messages.get(name) ?? name, values);
}
