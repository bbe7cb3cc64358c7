// Lets ages tick by the server's clock on pages without a stream.
"use strict";
(() => {
  const clock = document.querySelector("[data-now]");
  if (!clock) return;
  const ahead = Date.now() / 1000 - Number(clock.dataset.now);
  const pad = number => String(number).padStart(2, "0");
  setInterval(() => {
    for (const each of document.querySelectorAll("[data-since]")) {
      const whole = Math.max(Math.round(Date.now() / 1000 - ahead - Number(each.dataset.since)), 0);
      const minutes = Math.floor(whole / 60);
      each.textContent = minutes < 60 ? `${minutes}:${pad(whole % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
    }
  }, 1000);
})();
