/** Copies of the markup that the page keeps in `<template>` elements. */
import { find } from "../site/mount.js";

/**
 * Return a copy of the content of `<template data-…-template>`.
 * @param {string} name
 * @returns {HTMLElement}
 */
export function copyTemplate(name) {
  const { content } = find(document, `template[data-${name}-template]`, HTMLTemplateElement);
  return /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (content.firstElementChild).cloneNode(true));
}
