// The journal's filter: empty fields do not go into the address.
"use strict";
(() => {
  const form = document.querySelector("form[data-clears]");
  if (!form) return;
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
  // A page that the browser keeps and shows again has its fields.
  window.addEventListener("pageshow", () => { for (const field of form.elements) field.disabled = false; });
})();
