// Measures a page as it is shown: what of it is pale, small to hit, without a visible focus, or cut off. Each function
// returns sentences, one for each fault. Loaded into pages by the tests, never served.
(() => {
  "use strict";
  // Browsers round where lines fall.
  const ROUNDING = 0.6;

  // -- color

  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();

  // Any color that CSS can say, as [red, green, blue, alpha].
  function rgba(color) {
    if (!known.has(color)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = color;
      brush.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
      known.set(color, [r, g, b, a / 255]);
    }
    return known.get(color);
  }

  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);

  function luminance(color) {
    const [r, g, b] = color.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  // What is painted behind an element's text: its own background and those of all that it stands in.
  function behind(element) {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const layer = rgba(getComputedStyle(e).backgroundColor);
      if (layer[3] > 0) { layers.push(layer); }
      if (layer[3] === 1) { break; }
    }
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    const ground = dark && matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((below, layer) => over(layer, below), ground);
  }

  // -- what is there

  const shown = (e) => e.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });

  // Only for those who listen: cut down to a dot.
  const unseen = (e) => e.closest(".unseen, .skip:not(:focus)") !== null;

  function name(element) {
    const words = (element.innerText || element.value || element.getAttribute("aria-label") || "").trim().replace(/\s+/g, " ");
    const kind = [...element.classList].map((c) => `.${c}`).join("");
    return `<${element.localName}${kind}> "${words.slice(0, 40)}"`;
  }

  function texts() {
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode, parent = node.parentElement;
      if (!node.data.trim() || found.has(parent) || parent.closest("script, style, title, desc, option, noscript")) { continue; }
      const range = document.createRange();
      range.selectNodeContents(node);
      if (range.getClientRects().length && shown(parent) && !unseen(parent)) { found.set(parent, node); }
    }
    return [...found.keys(), ...document.querySelectorAll("input.wide, select, textarea")].filter(shown);
  }

  // 1.4.6: text stands out 7 to 1; large text, 24 px or bold and 18.66 px, 4.5 to 1.
  function pale() {
    const faults = [];
    for (const element of texts()) {
      const style = getComputedStyle(element), size = parseFloat(style.fontSize);
      const ink = rgba(element instanceof SVGElement ? style.fill : style.color), ground = behind(element);
      const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight, 10) >= 700);
      const is = contrast(over(ink, ground), ground);
      if (style.backgroundImage !== "none") { faults.push(`${name(element)}: text on a picture`); }
      if (is < (large ? 4.5 : 7) - 0.005) { faults.push(`${name(element)}: contrast ${is.toFixed(2)}`); }
    }
    return faults;
  }

  // 1.4.11: where a field or a button ends can be seen, 3 to 1, by its edge or by its own color.
  function edgeless() {
    const faults = [];
    for (const element of document.querySelectorAll("input.wide, select, textarea, label.row, .button, .go, .date input")) {
      if (!shown(element) || unseen(element)) { continue; }
      const around = behind(element.parentElement), style = getComputedStyle(element);
      const edge = parseFloat(style.borderBottomWidth) > 0 ? over(rgba(style.borderBottomColor), around) : around;
      const is = Math.max(contrast(edge, around), contrast(behind(element), around));
      if (is < 3) { faults.push(`${name(element)}: edge ${is.toFixed(2)}`); }
    }
    return faults;
  }

  // -- size

  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

  // A link among words: no finger needs to hit it at once, and a line cannot be 44 px high.
  function inText(element) {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") { return false; }
    const block = element.closest("p, li, dd, dt, td, th, div, h1, h2, h3, h4, summary, figcaption");
    const rest = [...block.childNodes].filter((n) => n !== element && !(n.localName === "a") && !/^\s*$/.test(n.textContent));
    return rest.some((n) => /\p{L}{2,}/u.test(n.textContent)) || !block.contains(element.parentElement) || element.parentElement !== block;
  }

  // 2.5.5: what is pressed is at least 44 px each way; the rows of answers are `row` px high.
  function small(row) {
    const faults = [];
    for (const element of document.querySelectorAll(FOCUSABLE)) {
      if (!shown(element) || unseen(element) || inText(element)) { continue; }
      const label = ["radio", "checkbox"].includes(element.type) ? element.closest("label") : null;
      const box = (label || element).getBoundingClientRect();
      const least = label && label.matches(".row") ? row : 44;
      if (box.height < least - ROUNDING || box.width < 44 - ROUNDING) {
        faults.push(`${name(label || element)}: ${Math.round(box.width)} x ${Math.round(box.height)} px`);
      }
    }
    return faults;
  }

  // -- focus

  // 2.4.7, 2.4.13: where the keyboard is shows by a ring of 2 px or more that stands out 3 to 1. The keyboard has to
  // have been used before.
  function unfocused() {
    const faults = [];
    for (const element of document.querySelectorAll(FOCUSABLE)) {
      if (!shown(element) || element.disabled) { continue; }
      element.focus({ preventScroll: true });
      if (document.activeElement !== element || !element.matches(":focus-visible")) { faults.push(`${name(element)}: takes no focus`); continue; }
      const ringed = [element, element.closest(".row")].filter(Boolean).find((e) => {
        const ring = getComputedStyle(e);
        const around = behind(parseFloat(ring.outlineOffset) < 0 ? e : e.parentElement);
        return ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2 && contrast(over(rgba(ring.outlineColor), around), around) >= 3;
      });
      if (!ringed) { faults.push(`${name(element)}: the focus does not show`); }
      const box = element.getBoundingClientRect();
      if (element.matches(".skip") && (box.left < 0 || box.top < 0 || box.height < 44 - ROUNDING)) { faults.push(`${name(element)}: out of sight or small`); }
    }
    document.activeElement.blur();
    return faults;
  }

  // -- room

  // 1.4.10: nothing has to be scrolled sideways, and no words are cut off.
  function cut() {
    const root = document.documentElement, faults = [];
    if (root.scrollWidth > root.clientWidth) { faults.push(`the page is ${root.scrollWidth} px wide`); }
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      if (["hidden", "clip"].includes(style.overflowX) && element.clientWidth > 2 && shown(element) && !unseen(element) && !element.matches("svg, svg *, input")
        && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) {
        faults.push(`${name(element)}: cut off`);
      }
    }
    return faults;
  }

  // 1.4.12: people may set lines, letters and words further apart.
  function spread() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
    const faults = cut();
    document.adoptedStyleSheets = [];
    return faults;
  }

  // The letters in the longest line of an element, as they fall.
  function longestLine(element) {
    const lines = new Map(), walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walker.nextNode()) {
      for (let i = 0; i < walker.currentNode.length; i++) {
        range.setStart(walker.currentNode, i);
        range.setEnd(walker.currentNode, i + 1);
        const box = range.getClientRects()[0];
        if (box && box.width > 0) { lines.set(Math.round(box.bottom / 8), (lines.get(Math.round(box.bottom / 8)) || 0) + 1); }
      }
    }
    return Math.max(...lines.values());
  }

  // 1.4.8: lines of 80 letters at most and half a line between them, not set flush on both sides.
  function dense() {
    const faults = [];
    for (const element of document.querySelectorAll("main p, main li, main dd")) {
      if (!shown(element) || unseen(element) || element.closest(".sheet") || [...element.children].some((c) => getComputedStyle(c).display !== "inline")) { continue; }
      const style = getComputedStyle(element), size = parseFloat(style.fontSize), line = parseFloat(style.lineHeight) || 1.2 * size;
      const lines = Math.round(element.getBoundingClientRect().height / line), letters = element.innerText.length;
      const longest = lines > 1 && letters / (lines - 0.9) > 80 ? longestLine(element) : 0;
      if (longest > 80) { faults.push(`${name(element)}: ${longest} letters in a line`); }
      if (lines > 1 && line / size < 1.5 - 0.01) { faults.push(`${name(element)}: lines ${(line / size).toFixed(2)} apart`); }
      if (style.textAlign === "justify") { faults.push(`${name(element)}: justified`); }
    }
    return faults;
  }

  // A picture that fills the page where our style has not come: it needs a size of its own. A picture in a file has one.
  function huge() {
    const size = (e) => Math.max(e.getBoundingClientRect().width, e.getBoundingClientRect().height);
    return [...document.querySelectorAll("svg")].filter((e) => shown(e) && size(e) > 250).map((e) => `${name(e.parentElement)}: ${size(e)} px`);
  }

  window.eyes = { pale, edgeless, small, unfocused, cut, spread, dense, huge };
})();
