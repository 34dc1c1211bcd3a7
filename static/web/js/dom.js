/** Small helpers around the document. Text from people is only ever set as text. */

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A copy of a `<template>`'s only element. */
export function clone(templateId) {
  return document.getElementById(templateId).content.firstElementChild.cloneNode(true);
}

export function show(element, isShown = true) {
  element.hidden = !isShown;
}

/** Hide `from`, show `to` and move the focus to its heading, so that readers hear it. */
export function replacePanel(from, to) {
  show(from, false);
  show(to);
  $("h1", to)?.focus();
}

let toastTimer;

export function toast(text) {
  const element = $("#toast");
  element.textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (element.textContent = ""), 4000);
}
