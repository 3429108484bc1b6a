// Makes pages smoother where JavaScript runs. Nothing here is needed: every form and link works without it.
(function () {
  "use strict";

  function say(text) {
    const said = document.getElementById("said");
    // Emptied first, so that the same words are announced again.
    said.textContent = "";
    setTimeout(function () { said.textContent = text; }, 50);
  }

  // A language changes the whole page: its form is sent as forms are sent, and not by htmx.
  document.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.name === "language") { event.stopImmediatePropagation(); }
  }, true);

  // How pages look changes at once, and is then kept: one after the other, as each keeps what those before it chose.
  let kept = Promise.resolve();
  document.addEventListener("click", function (event) {
    const button = event.target.closest('button[name="reading"]');
    if (!button) { return; }
    event.preventDefault();
    const group = button.closest('[role="group"]');
    group.querySelectorAll("button").forEach(function (other) {
      document.documentElement.classList.toggle(other.value, other === button);
      other.setAttribute("aria-pressed", String(other === button));
    });
    say(button.textContent + ".");
    const body = new URLSearchParams({ reading: button.value });
    kept = kept.then(function () {
      return fetch("/reading", { method: "POST", body: body, keepalive: true });
    }).catch(function () { /* It looks as asked all the same, until the next page. */ });
  });

  // The languages, and how pages look, stand outside of what htmx puts in place; their buttons belong to what is inside.
  function tools(text) {
    const now = document.getElementById("tools");
    const next = new DOMParser().parseFromString(text, "text/html").getElementById("tools");
    if (!now || !next) { return; }
    next.querySelector("details").open = now.querySelector("details").open;
    now.replaceWith(next);
  }

  const words = document.getElementById("said").dataset;

  // After htmx has put the next question in place: tell, and move to its heading, as a new page would.
  document.addEventListener("htmx:after:swap", function (event) {
    const ctx = event.detail.ctx;
    // Only a new page moves the focus; news from others come quietly.
    if (ctx && ctx.target && ctx.target.id !== "main") { return; }
    if (ctx && ctx.text) { tools(ctx.text); }
    const error = document.getElementById("error");
    const goal = error || document.getElementById("title");
    if (!goal) { return; }
    goal.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: "instant" });
    if (ctx && ctx.request.method === "POST" && ctx.response.status < 400) { say(words.saved); }
    wake();
  });

  // What went wrong, said and shown beside the form, which stays as it is.
  function tell(text) {
    say(text);
    const line = document.getElementById("offline");
    if (line) {
      line.textContent = text;
      line.hidden = false;
    }
  }

  // What the page asks for by itself, and no form or link of it: news, for one. It fails quietly.
  function byItself(event) {
    const ctx = event.detail.ctx;
    return Boolean(ctx && ctx.sourceElement && !ctx.sourceElement.matches("form, a"));
  }

  // The server cannot be reached.
  document.addEventListener("htmx:error", function (event) {
    if (!byItself(event)) { tell(words.notReached); }
  });

  // Turned away, or an error page of somebody between us: no page of ours to put in place of what was written.
  document.addEventListener("htmx:after:request", function (event) {
    const ctx = event.detail.ctx;
    if (ctx.response.status < 400 || byItself(event)) { return; }
    const main = new DOMParser().parseFromString(ctx.text, "text/html").getElementById("main");
    if (main && !main.hasAttribute("data-refused")) { return; }
    event.preventDefault();
    const told = main ? [main.querySelector("h1").textContent + ".", main.querySelector("p").textContent] : [words.notReached];
    tell(told.join(" "));
  });

  // News from others. Nobody looks at a page in the background, so it does not ask.
  document.addEventListener("htmx:before:request", function (event) {
    if (byItself(event) && document.hidden) { event.preventDefault(); }
  });

  // The link was taken back, or the preparation is gone: stop asking, and say so once.
  document.addEventListener("htmx:response:error", function (event) {
    const news = document.getElementById("news");
    if (!news || !byItself(event) || event.detail.ctx.response.status !== 404) { return; }
    const line = document.getElementById("unheard");
    news.remove();
    line.hidden = false;
    say(line.textContent);
  });

  // An address that htmx put into the history, while htmx is not here (the CDN is away): load it plainly.
  window.addEventListener("popstate", function () {
    if (!window.htmx) { window.location.reload(); }
  });

  // A link's code stands behind the "#": into the field with it, and out of the address and the history.
  function take() {
    const link = document.getElementById("link");
    if (!link || window.location.hash.length < 20) { return; }
    link.value = window.location.href;
    history.replaceState(null, "", window.location.pathname);
    document.getElementById("field").hidden = true;
    document.getElementById("ready").hidden = false;
  }
  take();
  window.addEventListener("hashchange", take);

  // With htmx here, the page has told by itself that somebody is here.
  window.addEventListener("load", function () {
    const byHand = document.getElementById("by-hand");
    if (byHand && window.htmx) { byHand.remove(); }
  });

  // What needs a script shows itself where there is one; once more after each new page that htmx puts in place.
  function wake() {
    const print = document.getElementById("print");
    if (print && print.hidden) {
      print.hidden = false;
      print.addEventListener("click", function () { window.print(); });
    }
    const aloud = document.getElementById("aloud");
    if (aloud && voice()) { aloud.hidden = false; }
  }

  // A voice of this very device, in the language of the page: others have what they read made elsewhere.
  function voice() {
    const voices = window.speechSynthesis ? window.speechSynthesis.getVoices() : [];
    const lang = document.documentElement.lang.slice(0, 2);
    return voices.find(function (one) { return one.localService && one.lang.slice(0, 2) === lang; });
  }
  // Some browsers know their voices only a little later.
  if (window.speechSynthesis) { window.speechSynthesis.addEventListener("voiceschanged", wake); }
  wake();

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(field).then(function () {
        say(words.copied);
        button.textContent = words.copiedIt;
      }, function () {
        say(words.notCopied);
      });
    });
  });

  // The clipboard is there over https alone; elsewhere the older way does.
  function copy(field) {
    if (navigator.clipboard) { return navigator.clipboard.writeText(field.value); }
    field.select();
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject();
  }

  // Typing a number, or choosing a country, chooses the answer it belongs to.
  document.addEventListener("input", function (event) {
    if (event.target.name === "text") {
      const given = document.querySelector('input[name="choice"][value="given"]');
      if (given && event.target.value) { given.checked = true; }
    }
  });
  document.addEventListener("change", function (event) {
    const field = event.target;
    if (field.name === "country" && field.value) {
      document.querySelectorAll('input[name="choice"]').forEach(function (other) { other.checked = false; });
    } else if (field.name === "choice" && field.type === "radio") {
      const country = document.getElementById("country");
      if (country) { country.value = ""; }
    }
  });

  // Reading aloud, by the browser's own voice, only when asked: a heading, why, and what can be chosen, piece by piece.
  const TOLD = "#title, .lead, .why > p, legend, .between, .row-label, .hint, .reading > h2, .reading > p, .reading > ul > li";

  function hush() {
    if (window.speechSynthesis) { window.speechSynthesis.cancel(); }
    const aloud = document.getElementById("aloud");
    if (aloud && aloud.dataset.start) {
      aloud.textContent = aloud.dataset.start;
      delete aloud.dataset.start;
    }
  }

  function read(aloud) {
    const told = Array.from(document.querySelectorAll("#main " + TOLD.replaceAll(", ", ", #main ")));
    const pieces = told.filter(function (one) { return one.offsetParent && !one.closest("details:not([open])") && !one.querySelector("button"); });
    aloud.dataset.start = aloud.textContent;
    aloud.textContent = words.stop;
    pieces.forEach(function (one, n) {
      const piece = new SpeechSynthesisUtterance(one.textContent);
      piece.voice = voice();
      piece.lang = piece.voice.lang;
      if (n === pieces.length - 1) { piece.onend = hush; }
      window.speechSynthesis.speak(piece);
    });
  }

  document.addEventListener("click", function (event) {
    const aloud = event.target.closest("#aloud");
    if (!aloud) { return; }
    const reads = Boolean(aloud.dataset.start);
    hush();
    if (!reads) { read(aloud); }
  });
  window.addEventListener("pagehide", hush);
  document.addEventListener("htmx:before:swap", function (event) {
    if (event.detail.ctx && event.detail.ctx.target && event.detail.ctx.target.id === "main") { hush(); }
  });

  // A hand that trembles. What can be pressed, and how near to it a press may end and still count.
  const PRESSED = "label.row, button, a[href], summary";
  const NEAR = 10;
  const QUICK = 500;
  let press = null;
  let last = null;

  document.addEventListener("pointerdown", function (event) {
    const again = last && event.timeStamp - last.at < QUICK && Math.hypot(event.clientX - last.x, event.clientY - last.y) < NEAR;
    last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    press = event.isPrimary && event.button === 0 ? event.target.closest(PRESSED) : null;
    // Two quick presses at one place are one, also where a new page came in between. A mouse counts them by itself.
    last.again = Boolean(again) && event.pointerType === "touch";
  }, true);
  document.addEventListener("click", function (event) {
    const again = event.detail > 1 || (event.detail === 1 && last && last.again);
    if (again && event.target.closest(PRESSED)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);

  // A press that slid off by a little, where a browser makes no click of it. With a finger, browsers see to it.
  document.addEventListener("pointerup", function (event) {
    const on = press;
    press = null;
    if (!on || event.pointerType === "touch" || on.contains(event.target)) { return; }
    const box = on.getBoundingClientRect();
    const aside = Math.max(box.left - event.clientX, event.clientX - box.right, box.top - event.clientY, event.clientY - box.bottom);
    if (aside <= NEAR) { on.click(); }
  });
  document.addEventListener("dragstart", function (event) {
    if (event.target.closest && event.target.closest(PRESSED)) { event.preventDefault(); }
  });

  // A key held down does what it does once. In a text of several lines, Enter is a letter like any other.
  document.addEventListener("keydown", function (event) {
    if (event.repeat && event.key === "Enter" && event.target.nodeName !== "TEXTAREA") { event.preventDefault(); }
  });

  // A form is sent once, until the answer is there; after ten seconds without any, it may be sent again.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 10000);
  }, true);
  function answered() {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  }
  window.addEventListener("pageshow", answered);
  document.addEventListener("htmx:after:request", answered);
  document.addEventListener("htmx:error", answered);
})();
