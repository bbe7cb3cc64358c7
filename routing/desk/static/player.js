// Recordings: a waveform to seek in, speed, time. Without scripts the browser's own player is there.
"use strict";
(() => {
  const clock = seconds => {
    const whole = Math.max(0, Math.round(seconds)), part = number => String(number).padStart(2, "0");
    const hours = Math.floor(whole / 3600), rest = `${part(whole % 60)}`, minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${part(minutes)}:${rest}` : `${minutes}:${rest}`;
  };

  // Lines from the middle: up for the caller, down for the other side; both ways for a sound of one side.
  const path = (sides, until) => {
    const up = sides[0], down = sides[sides.length - 1], width = 400 / up.length;
    let drawn = "";
    for (let at = 0; at < up.length && at < until; at++) {
      const x = ((at + .5) * width).toFixed(2);
      drawn += `M${x} ${(50 - Math.max(up[at], 2) * .48).toFixed(1)}V${(50 + Math.max(down[at], 2) * .48).toFixed(1)}`;
    }
    return drawn;
  };

  const start = (player, peaks) => {
    const audio = player.querySelector("audio"), part = name => player.querySelector(`[data-player="${name}"]`);
    const wave = part("wave"), time = part("time"), play = part("play"), speed = part("speed");
    const duration = () => Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : peaks.duration_s;
    let wished = null;

    const show = () => {
      const now = wished ?? audio.currentTime, share = Math.min(now / duration(), 1);
      wave.querySelector(".heard").setAttribute("d", path(peaks.sides, share * peaks.sides[0].length));
      for (const end of ["x1", "x2"]) wave.querySelector(".cursor").setAttribute(end, String(share * 400));
      const text = player.dataset.time.replace("{now}", clock(now)).replace("{whole}", clock(duration()));
      time.textContent = `${clock(now)} / ${clock(duration())}`;
      wave.setAttribute("aria-valuenow", String(Math.round(now)));
      wave.setAttribute("aria-valuemax", String(Math.round(duration())));
      wave.setAttribute("aria-valuetext", text);
    };
    // Before the file is loaded a place is only wished for: looking at a page is no listening.
    const seek = to => {
      const at = Math.min(Math.max(to, 0), duration());
      if (audio.readyState > 0) { wished = null; audio.currentTime = at; } else { wished = at; }
      show();
    };
    const toggle = () => audio.paused ? audio.play() : audio.pause();

    wave.querySelector(".all").setAttribute("d", path(peaks.sides, Infinity));
    play.addEventListener("click", toggle);
    speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
    wave.addEventListener("pointerdown", event => {
      const place = wave.getBoundingClientRect();
      seek((event.clientX - place.left) / place.width * duration());
    });
    wave.addEventListener("keydown", event => {
      const steps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 30, PageDown: -30 };
      if (event.key in steps) seek((wished ?? audio.currentTime) + steps[event.key]);
      else if (event.key === "Home") seek(0);
      else if (event.key === "End") seek(duration());
      else if (event.key === " " || event.key === "Enter") toggle();
      else return;
      event.preventDefault();
    });
    audio.addEventListener("loadedmetadata", () => {
      audio.playbackRate = Number(speed.value);
      if (wished !== null) seek(wished);
    });
    for (const name of ["timeupdate", "seeked", "durationchange"]) audio.addEventListener(name, show);
    for (const name of ["play", "pause", "ended"]) {
      audio.addEventListener(name, () => {
        player.classList.toggle("playing", !audio.paused);
        play.setAttribute("aria-label", audio.paused ? player.dataset.play : player.dataset.pause);
      });
    }
    show();
    player.classList.add("ready");
    player.querySelector(".controls").hidden = false;
  };

  for (const player of document.querySelectorAll(".player")) {
    fetch(player.dataset.peaks).then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
      .then(peaks => start(player, peaks))
      .catch(() => { player.querySelector("audio").title = player.dataset.failed; });
  }
})();
