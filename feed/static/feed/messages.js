/** Sentences of the page in its language, kept in `<template data-words>`; `{name}` stands for what is filled in. */
const kept = new Map();

export function word(name, values = {}) {
  if (kept.size === 0) {
    const template = document.querySelector("template[data-words]");
    for (const line of template?.content.querySelectorAll("[data-word]") ?? [])
      kept.set(line.dataset.word, line.textContent);
  }
  return (kept.get(name) ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function money(amountMinor, currency) {
  const style = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency,
    numberingSystem: "latn",
  });
  const text = style.format(amountMinor / 10 ** style.resolvedOptions().maximumFractionDigits);
  return document.dir === "rtl" ? `${text}\u200e` : text; // keeps the dollar of “US$” behind its letters
}
