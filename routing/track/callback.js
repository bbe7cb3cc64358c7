/* The callback form: a floating button, a dialog, and forms in the page. site.js loads it and gives what it knows:
   ask(method, path, body), facts() of the visitor, marks of the script tag, keep(name, value) for this tab, number().
   In shadow roots with constructed style sheets: a page's CSS and its Content-Security-Policy need no exception. */
window.routing.form = site => {
  'use strict';
  const {ask, marks} = site, doc = document, PATH = '/v1/callbacks', KEPT = 'routing.callback', SOON_MS = 120000;
  const TEXTS = __TEXTS__, LANGUAGE = '__LANGUAGE__', TOGETHER = 500;
  let last = '';

  /* data-callback-NAME on the script says a text otherwise. */
  const say = (name, facts) => (marks['callback' + name[0].toUpperCase() + name.slice(1)] || TEXTS[name])
    .replace(/{(\w+)}/g, (all, fact) => facts[fact]);
  const format = (at, how) => new Intl.DateTimeFormat(LANGUAGE, how).format(new Date(at));
  const day = at => {
    const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);
    return days > 1 ? format(at, days > 6 ? {day: 'numeric', month: 'long'} : {weekday: 'long'})
      : new Intl.RelativeTimeFormat(LANGUAGE, {numeric: 'auto'}).format(days, 'day');
  };
  const time = (at, timeZone) => format(at, {timeStyle: 'short', hourCycle: 'h23', timeZone});
  const when = at => day(at) + ', ' + time(at);

  const make = (tag, attributes, ...children) => {
    const made = doc.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    made.append(...children);
    return made;
  };
  const host = () => {
    const made = make('routing-callback', {lang: LANGUAGE}), sheet = new CSSStyleSheet();
    sheet.replaceSync(__STYLE__);
    made.attachShadow({mode: 'open'}).adoptedStyleSheets = [sheet];
    return made;
  };

  /* Proof of work (altcha): which number gives this digest? Sought in slices, between which the page moves. */
  const prove = async () => {
    const {maxnumber, ...set} = await ask('GET', PATH + '/challenge');
    const wanted = set.challenge.match(/../g).map(hex => parseInt(hex, 16));
    const fits = async number => {
      const digest = await crypto.subtle.digest(set.algorithm, new TextEncoder().encode(set.salt + number));
      const made = new Uint8Array(digest);
      if (wanted.every((byte, at) => byte === made[at])) set.number = number;
    };
    for (let number = 0; set.number === undefined; number += TOGETHER) {
      if (!(number <= maxnumber)) throw {error: 'proof'};
      await Promise.all([...Array(TOGETHER).keys()].map(more => fits(number + more)));
      await new Promise(next => setTimeout(next));
    }
    return btoa(JSON.stringify(set));
  };

  const text = (tag, name, attributes) => make(tag, attributes, say(name));
  /* [label, control, error] */
  const field = (control, id) => {
    const error = make('p', {id: id + '-error', class: 'error'});
    control.setAttribute('aria-describedby', error.id);
    control.id = id;
    return [text('label', id, {for: id}), control, error];
  };
  const mark = ([, control, error], name) => {
    error.textContent = name ? say(name) : '';
    control.setAttribute('aria-invalid', !!name);
    if (name) control.focus();
  };
  const reason = ({status, retry_s}) => {
    const why = status === 429 ? 'often' : status ? 'down' : navigator.onLine ? 'slow' : 'offline';
    const lent = site.number(), minutes = Math.ceil((retry_s || 60) / 60);
    return say(why, {minutes}) + (lent ? ' ' + say('dial', {number: lent}) : '');
  };

  /* Now, or a time of the next days with free times. `chosen` is what the API is told. */
  const chooser = scheme => {
    const query = scheme ? '?scheme=' + encodeURIComponent(scheme) : '';
    const slot = field(make('select'), 'time'), [label, times, error] = slot, at = make('div', {}, label, times);
    const days = make('div', {class: 'days'}), closed = make('p', {class: 'closed'});
    const element = make('fieldset', {hidden: ''}, text('legend', 'when'), days, at, error);
    const offer = ({open, opens, slots, zone}) => {
      const elsewhere = slots.some(slot => time(slot) !== time(slot, zone));
      label.textContent = say('time') + (elsewhere ? ' (' + Intl.DateTimeFormat().resolvedOptions().timeZone + ')' : '');
      const labels = [...new Set(slots.map(day))].slice(0, 2);
      if (open) labels.unshift(say('now'));
      days.replaceChildren(...labels.flatMap((label, place) => {
        const radio = make('input', {type: 'radio', name: 'day', id: 'day' + place});
        radio.checked = !place;
        radio.onchange = () => {
          const offered = slots.filter(slot => day(slot) === label);
          times.replaceChildren(...offered.map(slot => make('option', {value: slot}, time(slot))));
          at.hidden = !offered.length;
        };
        if (!place) radio.onchange();
        return [radio, make('label', {for: radio.id}, label)];
      }));
      element.hidden = !labels.length;
      closed.textContent = opens ? say('closed', {at: when(opens)}) : '';
    };
    at.hidden = true;
    return {
      slot, closed, element,
      ask: () => ask('GET', PATH + '/times' + query).then(offer).catch(() => offer({open: true, slots: []})),
      chosen: () => at.hidden ? 'now' : times.value
    };
  };

  /* A form for a scheme; `close` is what the close button of a dialog does. */
  const form = (scheme, close) => {
    let proof = null, busy = false, order = null;
    const typed = make('input', {type: 'tel', autocomplete: 'tel', required: ''}), number = field(typed, 'number');
    const hours = chooser(scheme), submit = text('button', 'order', {class: 'main'});
    const consent = text('p', 'consent', {class: 'note'}), privacy = marks.callbackPrivacy;
    if (privacy) consent.append(' ', text('a', 'policy', {href: privacy, target: '_blank'}));
    const fields = make('form', {novalidate: ''}, hours.closed, ...number, hours.element, submit, consent);
    const status = make('p', {role: 'status', tabindex: '-1'}), cancel = text('button', 'cancel', {class: 'plain'});
    const content = make('section', close ? {} : {role: 'group', 'aria-labelledby': 'title'},
      text('h2', 'call', {id: 'title'}), fields, status, cancel);
    if (close) {
      const button = make('button', {class: 'close', 'aria-label': say('close')}, '×');
      button.onclick = close;
      content.append(button);
    }

    const tell = (words, bad) => {
      status.textContent = words;
      status.className = bad ? 'error' : '';
      if (bad) status.scrollIntoView({block: 'nearest'});
    };
    const show = (is, words) => {
      fields.hidden = !!is;
      cancel.hidden = is !== 'ordered';
      tell(words);
    };
    const ordered = () => show('ordered', say(new Date(order.at) - Date.now() < SOON_MS ? 'soon' : 'later', {
      number: order.number.replace(/[\s-]/g, '\u00a0'), at: when(order.at)
    }));
    const failed = async fault => {
      const wrong = {
        number: [number, 'bad'], destination: [number, 'destination'], at: [hours.slot, 'past']
      }[fault.error];
      tell('');
      if (fault.error === 'at') await hours.ask();
      if (wrong) mark(...wrong); else tell(reason(fault), true);
    };
    /* One thing at a time: a second click while the first is on its way does nothing. */
    const once = act => async event => {
      event.preventDefault();
      if (busy) return;
      content.ariaBusy = busy = true;
      try { await act(); } catch (fault) { await failed(fault); }
      content.ariaBusy = busy = false;
    };
    const proved = () => {
      if (!proof) (proof = prove()).catch(() => { proof = null; });
      return proof;
    };
    const send = async again => {
      const seen = marks.callbackVersion || marks.callbackConsent || 'routing-1 ' + LANGUAGE;
      const body = {
        ...site.facts(), number: typed.value.trim(), scheme: scheme || undefined, at: hours.chosen(),
        proof: await proved(),
        consent: {text: seen, page: location.href.split(/[?#]/)[0]}
      };
      proof = null;
      return ask('POST', PATH, body).catch(fault => {
        if (fault.error !== 'proof' || again) throw fault;
        return send(true);
      });
    };
    fields.onsubmit = once(async () => {
      mark(hours.slot);
      mark(number, /^\+?\d{7,15}$/.test(typed.value.replace(/[\s().\/-]/g, '')) ? '' : 'bad');
      if (number[2].textContent) return;
      tell(say('wait'));
      const answer = await send();
      order = site.keep(KEPT, {url: answer.url, at: answer.at, number: typed.value.trim()});
      ordered();
      status.focus();
      window.dispatchEvent(new CustomEvent('routing:callback', {detail: {id: answer.id, at: answer.at}}));
    });
    cancel.onclick = once(async () => {
      await ask('DELETE', order.url).catch(fault => { if (fault.status !== 404) throw fault; });
      site.keep(KEPT, null);
      show('', say('cancelled'));
      status.focus();
    });
    typed.value = last;
    typed.oninput = () => {
      last = typed.value;
      proved();
      mark(number);
    };

    /* An order that this tab has made already is shown as long as it is one. */
    const begin = async () => {
      order = site.keep(KEPT);
      show(order, order ? say('wait') : '');
      if (order) {
        const found = await ask('GET', order.url).catch(() => ({}));
        order.at = found.at;
        if (/^(ordered|dialling)$/.test(found.status)) return ordered();
        show('', '');
      }
      hours.ask();
    };
    begin();
    if (close) setTimeout(() => (fields.hidden ? status : typed).focus());
    return content;
  };

  const own = host(), dialog = make('dialog', {'aria-labelledby': 'title'});
  const button = make('button', {class: 'float'}, make('span', {}, say('call')));
  const scheme = opener => opener.dataset.routingCallback || marks.callbackScheme;
  button.onclick = () => window.routing.callback();
  dialog.onclick = event => { if (event.target === dialog) dialog.close(); };
  own.shadowRoot.append(...marks.callback === 'button' ? [button] : [], dialog);
  return {
    open: opener => {
      dialog.replaceChildren(form(scheme(opener), () => dialog.close()));
      dialog.showModal();
    },
    place: () => {
      if (!own.isConnected) doc.body.append(own);
      doc.querySelectorAll('[data-routing-callback]:not(a,button)').forEach(element => {
        if (element.querySelector(own.tagName)) return;
        const made = host();
        made.className = 'inside';
        made.shadowRoot.append(form(scheme(element)));
        element.replaceChildren(made);
      });
    }
  };
};
