/* Shows each visitor a number of their own and tells the engine what they look at. <script async src=".../v1/site.js"></script>
   Marks: data-routing-number on what shows the number; data-routing-keep on a tel: link that must stay as it is;
   <meta name="routing:NAME" content="..."> or routing.set({NAME: "..."}) for entities that the page states.
   data-consent="wait" on the script: nothing is stored or told before routing.start().
   data-routing-callback="SCHEME" on a button or link that opens the callback form, or on what the form goes into;
   data-callback="button" on the script: a floating button. */
(function (entities, moves, form, lends, streams) {
  'use strict';
  var doc = document, me = doc.currentScript, base = new URL(me ? me.src : location.href).origin;
  if (window.routing) return;
  var stated = {}, shown = null, asked = '', started = false, seen = '', timer = 0, redraw = 0, move = 0;
  var originals = new WeakMap();
  var LONGEST = 120, NUMBER = /^[\s+()\d.\/-]{5,}$/, MARKED = '[data-routing-number],a[href^="tel:"]';
  var CALLBACK = '[data-routing-callback]', marks = me ? me.dataset : {}, opened = null, wanted = null, policy = null;
  var loads = false, offered = false, told = source, changed = null, identify = null;

  function guarded(act) {
    return function () { try { return act.apply(this, arguments); } catch (fault) { /* the page goes on */ } };
  }
  function keep(store, name, value) {
    try {
      if (value !== undefined) store().setItem(name, JSON.stringify(value));
      return JSON.parse(store().getItem(name));
    } catch (fault) { return value === undefined ? null : value; }
  }
  function local() { return localStorage; }
  function session() { return sessionStorage; }

  var visitor = '';
  function who() {
    visitor = visitor || keep(local, 'routing.visitor');
    if (!/^[\w-]{16,64}$/.test(visitor)) {
      var random = crypto.getRandomValues(new Uint8Array(16));
      visitor = keep(local, 'routing.visitor', Array.from(random, function (byte) {
        return (byte + 256).toString(16).slice(1);
      }).join(''));
    }
    return visitor;
  }
  function source() {
    var found = {}, marked = false, query = new URLSearchParams(location.search), from = '';
    ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'gclid'].forEach(function (name) {
      if (query.get(name)) { found[name] = query.get(name).slice(0, LONGEST); marked = true; }
    });
    try { from = new URL(doc.referrer).hostname; } catch (fault) { /* typed in, or hidden */ }
    if (from && from !== location.hostname) { found.referrer = from; marked = true; }
    var before = keep(session, 'routing.source');
    if (before && (!marked || started)) return before;
    found.landing = location.pathname.slice(0, LONGEST);
    return keep(session, 'routing.source', found);
  }
  function at(path) {
    return path.split(/[.[\]]+/).filter(Boolean).reduce(function (value, part) {
      return value === null || value === undefined ? value : value[part];
    }, window);
  }
  function collected(level) {
    var found = {};
    Object.keys(entities).forEach(guarded(function (name) {
      var meta = doc.querySelector('meta[name="routing:' + name + '"]');
      var value = entities[name][0] ? at(entities[name][0]) : name in stated ? stated[name] : meta && meta.content;
      if (entities[name][1] === level && /^(string|number)$/.test(typeof value)) found[name] = String(value).slice(0, LONGEST);
    }));
    return found;
  }

  /* What stood there first stands there again when there is no number; only real changes are made, so drawing ends. */
  function put(holder, key, words, mine) {
    var now = mine ? holder.getAttribute(key) : holder[key];
    if (!originals.has(holder)) originals.set(holder, now);
    words = words || originals.get(holder);
    if (now !== words) { if (mine) holder.setAttribute(key, words); else holder[key] = words; }
  }
  function set(element, number, text) {
    var link = element.closest('a[href^="tel:"]'), node;
    if (link) put(link, 'href', number && 'tel:' + number, true);
    var whole = element.hasAttribute('data-routing-number') && !element.children.length;
    var nodes = doc.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while ((node = nodes.nextNode())) {
      if (whole || NUMBER.test(originals.get(node) || node.data)) put(node, 'data', text);
      if (whole) break;
    }
  }
  var draw = guarded(function () {
    redraw = 0;
    if (form) offer();
    if (changed) changed();
    if (!started) return;
    doc.querySelectorAll(MARKED).forEach(guarded(function (element) {
      if (element.closest('[data-routing-keep]')) return;
      set(element, shown && shown.number, shown && shown.shown);
    }));
  });
  function soon() { redraw = redraw || setTimeout(draw, 30); }

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(guarded(function () { if (!doc.hidden) tell(true); }), seconds * 1000);
  }
  function take(answer) {
    shown = answer && answer.number ? answer : null;
    if (shown) shown.until = Date.now() + shown.lease * 1000;
    keep(session, 'routing.number', shown);
    draw();
    if (shown) later(shown.lease / 2);
    window.dispatchEvent(new CustomEvent('routing:number', {detail: shown}));
  }
  /* Fails with the answer's {status, error, ...}, or without a status when none came. Pages send text: no preflight. */
  function ask(method, path, body) {
    var abort = new AbortController(), patience = setTimeout(function () { abort.abort(); }, 8000);
    return fetch(base + path, {
      method: method, body: body && JSON.stringify(body), signal: abort.signal, credentials: 'omit', mode: 'cors',
      headers: body ? {'Content-Type': 'text/plain'} : {}
    }).then(function (answer) {
      return answer.json().catch(function (fault) {
        if (answer.ok) throw fault;
      }).then(function (said) {
        if (!answer.ok) throw Object.assign({}, said, {status: answer.status});
        return said;
      });
    }).finally(function () { clearTimeout(patience); });
  }
  /* A visit that is new, or told something else of itself, asks for a number; another page of it is only told. */
  var tell = guarded(function (anew) {
    if (!started || !lends) return;
    var visit = {visitor: who(), page: location.href.slice(0, 2000), source: told(), entities: collected(0)};
    var viewed = collected(1), same = JSON.stringify([visit.source, visit.entities]);
    var now = JSON.stringify([location.pathname, viewed]);
    if (!anew && same === asked && now === seen) return;
    var only = !anew && !moves && same === asked && shown;
    asked = same;
    seen = now;
    var all = Object.assign({}, viewed, visit.entities);
    var sent = only
      ? ask('POST', '/v1/view', {visitor: visit.visitor, pool: shown.pool, entities: viewed})
      : ask('POST', '/v1/session', Object.assign(visit, {entities: all}));
    sent.then(guarded(function (answer) {
      if (only && !answer.number) tell(true); else take(answer);
    }), function () { asked = ''; later(60); });
  });

  function moved() { move = move || setTimeout(function () { move = 0; tell(); soon(); }, 20); }
  var start = guarded(function () {
    if (started) return;
    source();
    started = true;
    shown = keep(session, 'routing.number');
    if (shown && !(shown.until > Date.now())) shown = null;
    draw();
    if (identify) identify();
    tell(true);
    ['pushState', 'replaceState'].forEach(function (name) {
      var real = history[name];
      history[name] = function () { var result = real.apply(this, arguments); moved(); return result; };
    });
    window.addEventListener('popstate', moved);
    doc.addEventListener('visibilitychange', guarded(function () {
      if (!doc.hidden && identify) identify();
      if (!doc.hidden && shown && shown.until - Date.now() < shown.lease * 500) tell(true);
    }));
  });

  /* __GOOGLE__ */

  /* The callback form is a file of its own. Only pages that ask for it load it, when they have nothing else to do. */
  function facts() {
    var found = {entities: Object.assign(collected(1), collected(0))};
    return started ? Object.assign(found, {visitor: who(), source: told()}) : found;
  }
  function offer() {
    if (opened) opened.place();
    else if (!offered && (marks.callback || doc.querySelector(CALLBACK))) {
      offered = true;
      (window.requestIdleCallback || setTimeout)(function () { load(); });
    }
  }
  /* A link that opens the form is a link where the form does not come. */
  function failed() {
    loads = false;
    if (wanted && wanted.href) location.href = wanted.href;
  }
  function tried(act) {
    return function () { try { act(); } catch (fault) { failed(); } };
  }
  var load = guarded(function (opener) {
    wanted = opener || wanted;
    if (opened && wanted) opened.open(wanted);
    if (opened || loads) return;
    loads = true;
    request();
  });
  var request = tried(function () {
    var script = doc.createElement('script');
    if (me) script.nonce = me.nonce;
    var lang = (marks.callbackLang || doc.documentElement.lang || navigator.language).slice(0, 2);
    if (!policy) {
      policy = {createScriptURL: String};
      if (window.trustedTypes) policy = window.trustedTypes.createPolicy('routing', policy);
    }
    script.src = policy.createScriptURL(base + '/v1/callback.js?v=' + form + '&lang=' + lang);
    script.onload = tried(function () {
      opened = window.routing.form({
        ask: ask, facts: facts, marks: marks, keep: keep.bind(0, session),
        number: function () { return shown && shown.shown; }
      });
      opened.place();
      load();
    });
    script.onerror = failed;
    doc.head.append(script);
  });
  function clicked(event) {
    var mark = event.target.closest && event.target.closest('a[data-routing-callback],button[data-routing-callback]');
    if (!mark) return;
    event.preventDefault();
    load(mark);
  }
  window.routing = {
    set: guarded(function (values) { Object.assign(stated, values); tell(); }),
    start: start,
    callback: function (scheme) { load({dataset: {routingCallback: scheme || ''}}); },
    number: function () { return shown && shown.number; }
  };
  if (form) doc.addEventListener('click', guarded(clicked));
  var begin = guarded(function () {
    new MutationObserver(soon).observe(doc.documentElement, {childList: true, subtree: true, characterData: true});
    soon();
    if (marks.consent !== 'wait') start();
  });
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', begin); else begin();
})(__SITE__);
