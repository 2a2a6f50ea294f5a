"use strict";
// The functions that tests call in a page. The browser's debugger adds them to the page; the
// policy of the page does not apply to it.
globalThis.look = (() => {
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const text = (e) => e.textContent.replace(/\s+/g, " ").trim();
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ opacityProperty: true, visibilityProperty: true });

  // name describes an element in the message of a failed test.
  const name = (e) => `<${e.localName}${e.id ? "#" + e.id : ""}${e.getAttribute("class") ? "." + e.getAttribute("class") : ""}> ${text(e).slice(0, 40)}`;

  const until = (condition, milliseconds) =>
    new Promise((done) => {
      const end = performance.now() + milliseconds;
      const again = () => {
        if (condition()) done(true);
        else if (performance.now() > end) done(false);
        else setTimeout(again, 5);
      };
      again();
    });

  const middle = (e) => {
    e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const r = e.getBoundingClientRect();
    return [r.x + r.width / 2, r.y + r.height / 2];
  };

  // section returns the section with a title.
  const section = (title) => all("section").find((s) => all("h2", s).some((h) => text(h) === title));

  const heads = (table) => Array.from(table.tHead.rows[0].cells);
  const rows = (table) => Array.from(table.tBodies).flatMap((b) => Array.from(b.rows));

  // table returns the cells of a table.
  const table = (t) => ({
    heads: heads(t).map(text),
    sort: heads(t).map((h) => h.getAttribute("aria-sort") || ""),
    rows: rows(t).map((r) => Array.from(r.cells).map(text)),
  });

  // focused returns the element with the focus, and whether the focus is visible.
  const focused = () => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return { index: -1, name: "", seen: true };
    const style = getComputedStyle(e);
    const r = e.getBoundingClientRect();
    const inside = r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth && r.width > 1 && r.height > 1;
    const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 &&
      contrast(over(colour(style.outlineColor), ground(e)), ground(e)) >= 3;
    return { index: controls().indexOf(e), name: name(e), seen: inside && outline };
  };

  // controls returns the elements that a keyboard must reach, in order.
  const controls = () =>
    all('a[href], button, input, select, textarea, summary, [tabindex="0"]').filter((e) => e.getClientRects().length > 0 && !e.disabled);

  // colour parses a computed colour into red, green, blue and alpha.
  const colour = (css) => {
    const m = /^rgba?\((.*)\)$/.exec(css);
    if (!m) throw new Error(`a colour of a new kind: ${css}`);
    const [r, g, b, a = 1] = m[1].split(/[,/\s]+/).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[3] * top[i] + (1 - top[3]) * below[i]).concat(1);
  const luminance = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };

  // remembered calls a function once for each element, since the page does not change meanwhile.
  const remembered = (ask) => {
    const known = new Map();
    return (e) => (known.has(e) || known.set(e, ask(e)), known.get(e));
  };

  // ground returns the colour behind an element.
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const c = colour(getComputedStyle(at).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    if (layers.length === 0 || layers.at(-1)[3] < 1) throw new Error(`nothing is behind ${name(e)}`);
    return layers.reverse().reduce((below, top) => over(top, below));
  };

  // texts returns the elements with text of their own.
  const texts = () =>
    all("body *").filter((e) => !e.closest("script, style, title, desc") && shown(e) && Array.from(e.childNodes).some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()));

  // faint lists texts with too little contrast, and counts all texts.
  const faint = (least) => {
    const out = { checked: 0, found: [] };
    const behind = remembered((e) => (e.parentElement && colour(getComputedStyle(e).backgroundColor)[3] === 0 ? behind(e.parentElement) : ground(e)));
    const opacity = remembered((e) => Number(getComputedStyle(e).opacity) * (e.parentElement ? opacity(e.parentElement) : 1));
    const check = (e, css, alpha, what) => {
      const c = colour(css);
      c[3] *= alpha;
      const ratio = contrast(over(c, behind(e)), behind(e));
      out.checked++;
      if (ratio < least) out.found.push(`${ratio.toFixed(2)} ${what}${name(e)}: ${css} on rgb(${behind(e).slice(0, 3)})`);
    };
    for (const e of texts()) {
      const style = getComputedStyle(e);
      check(e, e instanceof SVGElement ? style.fill : style.color, opacity(e), "");
    }
    for (const e of all("[placeholder]").filter(shown)) {
      const style = getComputedStyle(e, "::placeholder");
      check(e, style.color, opacity(e) * Number(style.opacity), "placeholder of ");
    }
    for (const e of all("button, a, li, dt, h2").filter(shown)) {
      for (const part of ["::before", "::after"]) {
        const style = getComputedStyle(e, part);
        if (style.content !== "none" && style.content !== "normal") check(e, style.color, opacity(e), part + " of ");
      }
    }
    return out;
  };

  // grounds lists the elements with a background of their own, and its luminance.
  const grounds = () =>
    all("html, body, body *")
      .filter((e) => shown(e) && colour(getComputedStyle(e).backgroundColor)[3] > 0)
      .map((e) => ({ name: name(e), light: luminance(ground(e)) }));

  // scroller returns the element in which another scrolls sideways, null if that is the page.
  const scroller = (e) => {
    for (let at = e.parentElement; at && at !== document.body; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return at;
    }
    return null;
  };

  // wide lists the outermost elements that a page of a width cuts off on the right.
  const wide = (width) => {
    const right = (e) => e.getBoundingClientRect().right;
    const cut = all("body *").filter((e) => right(e) > width + 0.5 && shown(e) && !scroller(e) && getComputedStyle(e).clipPath === "none");
    return cut.filter((e) => !cut.includes(e.parentElement)).map((e) => `${name(e)} ends at ${right(e).toFixed(1)} of ${width}`);
  };

  // small lists texts lower than a number of pixels. Texts of charts count as they are drawn.
  const small = (least) =>
    texts()
      .map((e) => [e, parseFloat(getComputedStyle(e).fontSize) * (e instanceof SVGElement ? e.getScreenCTM().a : 1)])
      .filter(([, size]) => size < least - 0.05)
      .map(([e, size]) => `${name(e)} is ${size.toFixed(1)} px high`);

  const page = () => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth });

  // scrolling lists the elements that scroll sideways, and whether they stay inside the page.
  const scrolling = () =>
    all("table, svg[role=img]").flatMap((e) => {
      const s = scroller(e);
      if (!s || e.getBoundingClientRect().width <= s.clientWidth + 1) return [];
      s.scrollLeft = 40;
      const moved = s.scrollLeft > 0;
      s.scrollLeft = 0;
      return [{ name: name(e), moved, inside: s.getBoundingClientRect().right <= innerWidth + 0.5 }];
    });

  // unlabelled lists the values of cards without the head of their column, and counts the cards. A
  // card is a row that is no line: the first cell is above all others.
  const unlabelled = () => {
    const out = { cards: 0, found: [] };
    for (const t of all("table")) {
      for (const r of rows(t).filter(shown)) {
        if (getComputedStyle(r).display === "table-row") continue;
        out.cards++;
        const [title, ...cells] = Array.from(r.cells);
        const bottom = title.getBoundingClientRect().bottom;
        for (const [i, c] of cells.entries()) {
          if (text(c) === "" && !c.querySelector("svg")) continue;
          const label = /^"((?:[^"\\]|\\.)*)"/.exec(getComputedStyle(c, "::before").content)?.[1].replace(/\\(.)/g, "$1");
          if (label !== text(heads(t)[i + 1]) || !shown(c)) out.found.push(`${name(c)} has the label ${label}`);
          if (shown(title) && c.getBoundingClientRect().top < bottom - 0.5) out.found.push(`${name(c)} is not below ${name(title)}`);
        }
      }
    }
    return out;
  };

  // separated lists the titles that are on another page than what follows them, if the page is
  // printed on sheets of a size. Columns break as sheets do.
  const separated = (width, height) => {
    const gap = 1000;
    Object.assign(document.body.style, { width: `${width}px`, height: `${height}px`, columnWidth: `${width}px`, columnGap: `${gap}px`, columnFill: "auto", margin: "0" });
    const sheet = (e) => Math.floor((e.getClientRects()[0].x + scrollX + 1) / (width + gap));
    const out = { sheets: 0, found: [] };
    const together = (e, next) => {
      if (!shown(e) || !next) return;
      if (sheet(e) !== sheet(next)) out.found.push(`${name(e)} is on sheet ${sheet(e)} of ${height} px, ${name(next)} on ${sheet(next)}`);
    };
    for (const e of all("h1, h2")) together(e, e.nextElementSibling?.querySelector("dt, tr, article, svg, li") ?? e.nextElementSibling);
    for (const t of all("table")) {
      together(t.tHead.rows[0], rows(t)[0]);
      together(t.tHead.rows[0], rows(t)[1]);
    }
    out.sheets = 1 + Math.max(...all("footer, section, tr").map(sheet));
    document.body.removeAttribute("style");
    return out;
  };

  // complaints lists faults in the structure of a page for people who hear it.
  const complaints = () => {
    const out = [];
    const must = (ok, says, e) => ok || out.push(e ? `${says}: ${name(e)}` : says);
    must(document.documentElement.lang === "en", "the page has no language");
    must(document.title.trim(), "the page has no title");
    must(all("h1").length === 1, "there is not exactly one h1");
    for (const landmark of ["header", "nav", "main", "footer"]) must(all(landmark).length === 1, `there is not exactly one ${landmark}`);
    let level = 0;
    for (const h of all("h1, h2, h3, h4, h5, h6")) {
      must(Number(h.localName[1]) <= level + 1, "a heading skips a level", h);
      must(text(h), "a heading is empty", h);
      level = Number(h.localName[1]);
    }
    const ids = all("[id]").map((e) => e.id);
    must(new Set(ids).size === ids.length, "an ID is there twice");
    for (const e of all("[aria-labelledby]")) must(document.getElementById(e.getAttribute("aria-labelledby")), "its label is not there", e);
    for (const e of all("svg")) {
      if (e.getAttribute("aria-hidden") === "true") continue;
      must(e.getAttribute("role") === "img", "a drawing is neither hidden nor an image", e);
      const [title, desc] = e.children;
      must(title?.localName === "title" && text(title), "a chart does not begin with a title", e);
      must(desc?.localName === "desc" && text(desc), "a chart's title is not followed by what it is", e);
      must((e.closest("section") ?? document.querySelector("main")).querySelector("table"), "no table has the numbers of a chart", e);
    }
    for (const e of all("table")) {
      must(e.caption && text(e.caption), "a table has no caption", e);
      must(heads(e).every((h) => h.localName === "td" || text(h)), "a head is empty", e);
      must(heads(e).every((h) => h.localName === "td" || h.scope === "col"), "a head is of nothing", e);
      must(rows(e).every((r) => r.cells.length === heads(e).length), "a row has more or less cells than heads", e);
      must(rows(e).every((r) => r.cells[0].localName === "th" && r.cells[0].scope === "row"), "a row has no head", e);
    }
    const targets = new Map();
    for (const e of all("a")) {
      const href = e.getAttribute("href");
      must(/\w{4}/.test(text(e)) && !/^(here|link|more|click here)$/i.test(text(e)), "a link does not say where it leads", e);
      must(/^(#|https:\/\/)/.test(href), "a link leads to a strange place", e);
      if (href.startsWith("#")) must(document.getElementById(href.slice(1)), "a link leads nowhere", e);
      must(!targets.has(text(e)) || targets.get(text(e)) === href, "two links of one text lead to two places", e);
      targets.set(text(e), href);
    }
    // A browser may forget that the parts of a table are such if their display changes.
    const parts = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };
    for (const e of all("table, table *")) {
      const role = e.localName === "th" ? (e.scope === "col" ? "columnheader" : "rowheader") : parts[e.localName];
      must(role === undefined || e.getAttribute("role") === role, "a part of a table has no role", e);
    }
    for (const e of all("input, select, button, [role=region]")) must(text(e) || e.getAttribute("aria-label") || e.labels?.length, "a control has no name", e);
    return out;
  };

  // foreign lists elements and attributes that only a log can have brought into the page.
  const foreign = (tags) => {
    const out = [];
    for (const e of all("*")) {
      if (!tags.includes(e.localName)) out.push(`an element: ${name(e)}`);
      for (const a of e.attributes) {
        if (a.name.startsWith("on") || a.name === "style" || /^\s*javascript:/i.test(a.value)) out.push(`an attribute: ${a.name}=${a.value}`);
      }
    }
    return out;
  };

  // controlling lists characters that are not printable.
  const controlling = () => {
    const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;
    const strings = [document.title];
    for (const e of all("*")) {
      for (const a of e.attributes) strings.push(a.value);
      for (const n of e.childNodes) if (n.nodeType === Node.TEXT_NODE) strings.push(n.data.replace(/\n/g, ""));
    }
    return strings.flatMap((s) => (s.match(hidden) || []).map((c) => `U+${c.codePointAt(0).toString(16)} in ${s.slice(0, 60)}`));
  };

  return {
    all, text, shown, until, middle, section, heads, rows, table, focused, controls, faint, grounds, wide, small, page, scrolling,
    unlabelled, separated, complaints, foreign, controlling,
  };
})();
