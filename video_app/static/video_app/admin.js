/** Live progress in the video list, and a bar while a film is being uploaded. */

import { firstProblem } from "./checks.js";
import { t } from "./language.js";

const POLL_MS = 2000;

function row(bar) {
  return bar.closest("tr, form, li");
}

// A short film may be done before its poster.
function isSettled(bar) {
  const { state } = bar.dataset;
  const place = row(bar).querySelector("span.vf-poster");
  return state === "failed" || (state === "completed" && !place);
}

function running() {
  return [...document.querySelectorAll(".vf-progress")].filter((bar) => !isSettled(bar));
}

async function refresh() {
  const bars = running();
  if (!bars.length) return;
  if (!document.hidden) {
    const ids = bars.map((bar) => bar.dataset.id).join(",");
    const answer = await fetch(`${bars[0].dataset.url}?ids=${ids}`).catch(() => null);
    if (answer?.ok) show(bars, await answer.json());
  }
  setTimeout(refresh, POLL_MS);
}

function show(bars, videos) {
  for (const bar of bars) {
    const video = videos[bar.dataset.id];
    if (!video) continue;
    bar.dataset.state = video.state;
    bar.querySelector("progress").value = video.percent;
    bar.querySelector("span").textContent = video.label;
    const length = row(bar).querySelector("td.field-length, .field-length .readonly");
    if (length) length.textContent = video.length;
    if (video.poster) showPoster(row(bar).querySelector("span.vf-poster"), video.poster);
  }
}

function showPoster(place, url) {
  if (!place) return;
  const image = new Image();
  image.className = place.className;
  image.alt = "";
  image.src = url;
  place.replaceWith(image);
}

// The form goes by XMLHttpRequest, the one API that tells how much has been sent.
function watchUpload(form) {
  const input = form.querySelector('input[type="file"][name="video_file"]');
  if (!input) return;
  const picture = form.querySelector('input[type="file"][name="thumbnail"]');
  form.addEventListener("submit", async (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const problem = await firstProblem(input, picture);
    if (problem) refuse(problem.input, problem.words);
    else upload(form, input, body);
  });
}

function refuse(input, words) {
  input.setCustomValidity(words);
  input.reportValidity();
  input.addEventListener("change", () => input.setCustomValidity(""), { once: true });
}

function upload(form, input, body) {
  const bar = document.createElement("progress");
  bar.className = "vf-upload";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", t("Upload"));
  input.after(bar);
  for (const button of form.querySelectorAll('[type="submit"]')) button.disabled = true;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.onprogress = ({ loaded, total }) => { bar.value = total ? loaded / total : 0; };
  request.onload = () => finish(request, form);
  request.onerror = () => {
    bar.remove();
    for (const button of form.querySelectorAll('[type="submit"]')) button.disabled = false;
    refuse(input, t("The upload was interrupted. Please try again."));
  };
  request.send(body);
}

// A saved form says where it leads; a refused one is the same page with its errors. Any other page
// is that for signing in again.
function finish(request, form) {
  const where = ledTo(request);
  const isOther = request.responseURL.replace(/[?#].*/, "") !== form.action.replace(/[?#].*/, "");
  if (where || isOther) {
    location.assign(where || request.responseURL);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  document.querySelector("#content").replaceWith(page.querySelector("#content") ?? page.body);
  const fresh = document.querySelector("#video_form");
  if (fresh) watchUpload(fresh);
}

function ledTo(request) {
  const isJson = request.getResponseHeader("Content-Type")?.startsWith("application/json");
  return isJson ? JSON.parse(request.responseText).location : "";
}

// Django leaves the heading of a column empty, which readers announce as nothing.
function nameEmptyHeadings() {
  for (const heading of document.querySelectorAll("th.original:empty")) {
    heading.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: t("Entry") }));
  }
}

// Django gives a name to what has no role that could have one, in scripts that run before this.
function nameIcons() {
  for (const icon of document.querySelectorAll("span[aria-label]:not([role])")) icon.setAttribute("role", "img");
}

addEventListener("load", nameIcons);
document.addEventListener("DOMContentLoaded", () => {
  nameEmptyHeadings();
  refresh();
  const form = document.querySelector("#video_form");
  if (form) watchUpload(form);
});
