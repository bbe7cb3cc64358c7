// The live board: applies what the stream sends, and lets ages tick by the server's clock. Without it the page reloads.
"use strict";
(() => {
  const state = document.getElementById("live-state");
  if (!state) return;
  const calls = document.getElementById("live-calls");
  let ahead = Date.now() / 1000 - Number(state.dataset.now);

  const show = name => {
    state.classList.remove("live", "lost");
    state.classList.add(name);
    const text = state.querySelector(".text");
    if (text.textContent !== state.dataset[name]) text.textContent = state.dataset[name];
  };

  const span = seconds => {
    const whole = Math.max(Math.round(seconds), 0);
    const pad = number => String(number).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${pad(whole % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  };

  const tick = () => {
    const now = Date.now() / 1000 - ahead;
    for (const each of document.querySelectorAll("[data-since]")) {
      const text = span(now - Number(each.dataset.since));
      if (each.textContent !== text) each.textContent = text;
    }
  };

  const row = html => {
    const made = document.createElement("template");
    made.innerHTML = `<table><tbody>${html}</tbody></table>`;
    return made.content.querySelector("tr");
  };

  const draw = board => {
    ahead = Date.now() / 1000 - board.now;
    for (const [name, html] of Object.entries(board.sections)) {
      const place = document.getElementById(`live-${name}`);
      if (place) place.innerHTML = html;
    }
    for (const [id, html] of Object.entries(board.calls)) {
      const made = row(html), old = document.getElementById(`call-${id}`);
      if (old) {
        const focused = old.contains(document.activeElement);
        old.replaceWith(made);
        if (focused) made.querySelector("a, button")?.focus();
      } else {
        if (!board.whole) made.classList.add("fresh");
        calls.append(made);
      }
    }
    const order = new Set(board.order.map(id => `call-${id}`));
    for (const each of [...calls.children]) if (!order.has(each.id)) each.remove();
    board.order.forEach((id, at) => {
      const wanted = document.getElementById(`call-${id}`);
      if (wanted && calls.children[at] !== wanted) calls.insertBefore(wanted, calls.children[at] || null);
    });
    document.getElementById("live-none").hidden = board.order.length > 0;
    tick();
  };

  const source = new EventSource(state.dataset.stream);
  source.addEventListener("board", event => { show("live"); draw(JSON.parse(event.data)); });
  source.addEventListener("error", () => {
    show("lost");
    // refused, not merely interrupted: the session is over, or the right is gone; the page says which
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
  });
  window.addEventListener("pagehide", () => source.close());
  setInterval(tick, 1000);
})();
