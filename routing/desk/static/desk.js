// Small comforts of every page; each page works without them.
"use strict";
(() => {
  const token = () => document.querySelector('meta[name="form-token"]').content;

  document.addEventListener("htmx:configRequest", event => { event.detail.headers["X-Form-Token"] = token(); });

  document.addEventListener("change", event => {
    const chosen = event.target.closest("[data-submits]");
    if (chosen) chosen.form.requestSubmit();
  });

  document.addEventListener("submit", event => {
    const question = event.target.dataset.asks;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  document.addEventListener("click", event => {
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      toggle.setAttribute("aria-expanded", String(open));
      document.getElementById(toggle.dataset.toggle).classList.toggle("open", open);
    }
    const copy = event.target.closest("[data-copies]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copies).then(() => copy.classList.add("done"));
    }
    for (const popup of document.querySelectorAll("details.popup[open]")) {
      if (!popup.contains(event.target)) popup.open = false;
    }
  });

  document.addEventListener("focusin", event => { if (event.target.matches("[data-selects]")) event.target.select(); });

  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const popup of document.querySelectorAll("details.popup[open]")) {
      popup.open = false;
      popup.querySelector("summary").focus();
    }
  });

  // What could not be loaded is said, not swallowed.
  const say = text => { document.getElementById("notices").textContent = text; };
  document.addEventListener("htmx:responseError", event => say(event.detail.xhr.responseText.slice(0, 200)));
  document.addEventListener("htmx:sendError", () => say("⚠"));
})();
