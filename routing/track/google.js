  /* By which ids Google's tag knows the visitor, and what they have agreed to; no id of whoever has refused analytics. */
  var ids = {}, agreed = '';
  function tag() { (window.dataLayer = window.dataLayer || []).push(arguments); }
  function choices() {
    var found = {};
    [].forEach.call(window.dataLayer || [], guarded(function (line) {
      if (line[0] === 'consent') Object.keys(line[2]).forEach(function (sign) {
        /* defaults may be of regions: a denial stays until the visitor has chosen */
        if (line[1] === 'update' || found[sign] !== 'denied') found[sign] = line[2][sign];
      });
    }));
    return found;
  }
  function google() {
    var signs = choices(), consent = ['analytics_storage', 'ad_user_data', 'ad_personalization'].filter(function (sign) {
      return signs[sign];
    }).map(function (sign) {
      return sign.replace(/^ad_|_storage/g, '') + (signs[sign] === 'granted' ? '+' : '-');
    }).join(' ');
    var all = Object.assign({}, signs.analytics_storage === 'denied' ? {} : ids);
    if (consent) all.consent = consent;
    return all;
  }
  told = function () {
    var now = google();
    agreed = JSON.stringify(now);
    return Object.assign({}, source(), now);
  };
  changed = guarded(function () { if (asked && JSON.stringify(google()) !== agreed) tell(); });
  identify = guarded(function () {
    streams.forEach(function (id) {
      ['client_id', 'session_id'].forEach(function (name) {
        tag('get', id, name, guarded(function (value) {
          if (!value || ids.ga_stream && ids.ga_stream !== id) return;
          ids.ga_stream = id;
          ids['ga_' + name] = String(value);
          if (ids.ga_client_id && ids.ga_session_id) changed();
        }));
      });
    });
  });
