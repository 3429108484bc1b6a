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
      return fetch("/reading", { method: "POST", body: body, redirect: "manual", keepalive: true });
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

  function wake() {
    const print = document.getElementById("print");
    if (print && print.hidden) {
      print.hidden = false;
      print.addEventListener("click", function () { window.print(); });
    }
  }
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
})();
