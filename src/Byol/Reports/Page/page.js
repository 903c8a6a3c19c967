"use strict";

const curves = [
  ["loss", "Loss"], ["knn", "kNN accuracy", "share"], ["probe", "Online probe", "share"], ["linear", "Linear probe (balanced)", "share"],
  ["effective_rank", "Effective rank"], ["representation_std", "Spread of representations"], ["embedding_std", "Spread of projections (z′ std)"],
  ["alignment", "Alignment"], ["uniformity", "Uniformity"], ["learning_rate", "Learning rate"], ["tau", "τ"],
  ["images_per_second", "Images per second"], ["data_wait", "Waiting for data", "share"],
];
const percent = (value, exact) => `${exact ? (100 * value).toFixed(1) : +(100 * value).toPrecision(4)} %`;
const precise = (value, exact) => exact ? (Math.abs(value) >= 1e-3 || value === 0 ? String(+value.toPrecision(5)) : value.toExponential(2)) : short(value);

class Page {
  constructor(source) {
    this.source = source;
    this.axis = "epoch";
    this.logarithmic = false;
    this.runs = [];
    this.hidden = new Set();
    this.charts = curves.map(([key, title, kind]) => ({ key, chart: new Chart(title, kind === "share" ? percent : precise) }));
    this.main = document.querySelector("main");
    this.lead = document.querySelector("#lead");
    this.cards = element("div", { class: "cards", id: "runs" });
    this.grid = element("div", { class: "cards", id: "charts" }, ...this.charts.map(c => c.chart.host));
    this.settings = element("div", { id: "settings" });
    this.views = element("div", { id: "views" });
    this.log = element("div", { id: "log" });
    this.next = element("div", { id: "next" }, ...(source.next ?? []).length === 0 ? [] : [element("h2", {}, "What to do next"),
      ...source.next.map(line => element("p", {}, element("code", {}, line)))]);
    this.map = new MapView(source);
    this.full = element("dialog", { onclick: () => this.full.close() }, element("img", { alt: "" }), element("p", { class: "quiet" }));
    const isMap = source.data?.is_map === true;
    this.main.append(...isMap ? [] : [this.cards, this.controls(), this.grid], this.map.host, this.views, this.settings, this.log, this.next, this.full);
    document.addEventListener("click", e => this.enlarge(e.target));
  }

  controls() {
    const choice = (name, options, set) => element("span", { class: "choice", role: "group", "aria-label": name },
      ...options.map(([text, value]) => element("button", {
        "aria-pressed": String(this[name] === value), "data-choice": text, onclick: e => {
          this[name] = value;
          for (const other of e.target.parentNode.children) other.setAttribute("aria-pressed", String(other === e.target));
          set();
        },
      }, text)));
    return element("div", { class: "controls" },
      choice("axis", [["epochs", "epoch"], ["steps", "step"], ["time", "seconds"]], () => this.draw()),
      choice("logarithmic", [["linear", false], ["logarithmic", true]], () => this.draw()),
      element("label", {}, "Drag to zoom, double click for all."));
  }

  color(run) {
    return `var(--c${this.runs.indexOf(run) % 8})`;
  }

  show(runs) {
    this.runs = runs;
    this.lead.textContent = runs.length === 0 ? "no run here yet; one that begins is shown at once"
      : this.source instanceof HeldData || runs.length === 1 ? "" : `${runs.length} runs`;
    this.cards.replaceChildren(...runs.map(run => this.card(run)));
    this.draw();
    this.showSettings();
    this.showViews();
    this.showLog();
    this.map.show(runs, run => this.color(run));
  }

  card(run) {
    const dot = element("span", { class: "dot" });
    dot.style.background = this.color(run);
    const toggle = this.runs.length < 2 ? dot : element("button", {
      class: "toggle", title: "show or hide its curves", "aria-pressed": String(!this.hidden.has(run.id)), onclick: () => {
        if (!this.hidden.delete(run.id)) this.hidden.add(run.id);
        this.show(this.runs);
      },
    }, dot);
    const figures = [
      `step ${run.step.toLocaleString("en")}${run.total ? ` of ${run.total.toLocaleString("en")}` : ""}`, `epoch ${(+run.epoch.toFixed(1))}`,
      `${duration(run.seconds)} of training`, run.left === null ? null : `${duration(run.left)} left`,
      ...[["loss", v => `loss ${v.toFixed(3)}`], ["images_per_second", v => `${v.toFixed(0)} images/s`], ["knn", v => `kNN ${percent(v, true)}`]]
        .map(([key, text]) => run.series?.[key]?.value.length ? text(run.series[key].value.at(-1)) : null),
    ].filter(f => f !== null);
    return element("section", { class: "card run", "data-run": run.name },
      element("div", { class: "bar" }, toggle, element("h3", {}, run.name), element("span", { class: `state ${run.state}` }, run.state)),
      run.total ? element("progress", { max: run.total, value: Math.min(run.step, run.total) }) : null,
      element("div", { class: "figures" }, ...figures.flatMap((f, i) => [i > 0 ? " · " : null, element("span", {}, f)]).filter(f => f)),
      element("ul", {}, ...run.summary.map(s => element("li", { class: s.level }, s.text.replaceAll(" %", "\u00a0%")))));
  }

  draw() {
    for (const { key, chart } of this.charts) {
      const lines = this.runs.filter(r => !this.hidden.has(r.id) && r.series?.[key]?.value.length).map(run => ({
        name: run.name, color: this.color(run), x: run.series[key][this.axis], y: run.series[key].value,
      }));
      chart.host.hidden = lines.length === 0 && key !== "loss";
      chart.show(lines, this.axis, this.logarithmic);
    }
  }

  showSettings() {
    const names = [...new Set(this.runs.flatMap(r => r.settings.map(s => s[0])))];
    const values = this.runs.map(r => new Map(r.settings));
    const rows = names.map(name => [name, ...values.map(v => v.get(name) ?? "")]);
    const table = some => element("div", { class: "scroll" }, element("table", {},
      element("tr", {}, element("th", {}, "setting"), ...this.runs.map(r => element("th", {}, r.name))),
      ...some.map(row => element("tr", {}, ...row.map(cell => element("td", {}, cell))))));
    const different = rows.filter(row => new Set(row.slice(1)).size > 1);
    const open = this.settings.querySelector("details")?.open;
    this.settings.replaceChildren(...names.length === 0 ? [] : [
      ...this.runs.length > 1 ? [element("h2", {}, "What differs"),
        different.length ? table(different) : element("p", { class: "quiet" }, "All settings are the same.")] : [],
      element("details", { open }, element("summary", {}, `All ${names.length} settings`), table(rows))]);
  }

  showViews() {
    const shown = this.runs.filter(r => r.views);
    const key = shown.map(r => r.id + r.views).join();
    if (key === this.viewsShown) return;
    this.viewsShown = key;
    this.views.replaceChildren(...shown.length === 0 ? [] : [element("h2", {}, "What training sees"),
      element("p", { class: "quiet" },
        "Each image, its views v and v′ in the epoch that stands above them, counted from 0, and what evaluation sees of it. Click for full size."),
      element("div", { class: "cards sheets" }, ...shown.map(r => element("section", { class: "card" },
        this.runs.length > 1 ? element("h3", {}, r.name) : null, element("img", { class: "sheet", src: r.views, alt: `views of ${r.name}` }))))]);
  }

  showLog() {
    const rows = this.runs.flatMap(run => run.notes.map(n => [run.name, n]));
    const damaged = this.runs.filter(r => r.damaged > 0);
    const told = this.runs.filter(r => r.lines?.length);
    const open = this.log.querySelector("details")?.open;
    this.log.replaceChildren(...rows.length + damaged.length + told.length === 0 ? [] : [element("h2", {}, "What happened"),
      ...damaged.map(r => element("p", { class: "quiet" }, `${r.name}: ${r.damaged} damaged ${r.damaged === 1 ? "line" : "lines"} of the log skipped`)),
      rows.length === 0 ? null : element("div", { class: "scroll" }, element("table", {},
        element("tr", {}, ...["run", "step", "what"].map(t => element("th", {}, t))),
        ...rows.map(([name, n]) => element("tr", {}, element("td", {}, name), element("td", { class: "number" }, n.step.toLocaleString("en")),
          element("td", {}, n.text))))),
      told.length === 0 ? null : element("details", { open }, element("summary", {}, "Log: what the run told"),
        ...told.flatMap(r => [this.runs.length > 1 ? element("h3", {}, r.name) : null, element("pre", {}, r.lines.join("\n"))]).filter(e => e)),
    ].filter(e => e));
  }

  enlarge(target) {
    if (!(target instanceof HTMLImageElement) || !target.classList.contains("sheet")) return;
    this.full.querySelector("img").src = target.src;
    this.full.querySelector("p").textContent = target.alt;
    this.full.showModal();
  }
}

// A report holds its data.
class HeldData {
  constructor(data) {
    this.data = data;
    this.next = data.next;
  }

  start(page) { page.show(this.data.runs); }

  map(run) { return Promise.resolve(run.map); }

  thumbnail(run, map, i) { return map.thumbnails[i] ? `data:image/jpeg;base64,${map.thumbnails[i]}` : null; }
}

// The live page asks its server, while it is looked at: for all runs, and for the curves of those that changed.
class LiveData {
  constructor() {
    this.known = new Map();
    this.maps = new Map();
  }

  async get(path) {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  async start(page) {
    // Every two seconds; fetching and drawing take at most a two-hundredth of the time: on the machine that trains they are training's.
    const ask = Number(page.main.dataset.ask), pause = spent => Math.min(10 * ask, ask * Math.max(1, spent / 10));
    for (let last = "", spent = 0; ; await new Promise(done => setTimeout(done, pause(spent)))) {
      if (document.hidden) continue;
      const began = performance.now();
      try {
        const runs = await this.get("runs");
        for (const run of runs) {
          if (this.known.get(run.id)?.version !== run.version) {
            this.known.set(run.id, { version: run.version, ...await this.get(`runs/${run.id}/figures`) });
          }
          Object.assign(run, this.known.get(run.id));
        }
        const now = JSON.stringify(runs.map(r => [r.id, r.version, r.state, r.views, r.map, r.summary]));
        if (now !== last) page.show(runs);
        last = now;
        document.body.classList.remove("lost");
      } catch {
        page.lead.textContent = "the server does not answer; start byol watch again";
        document.body.classList.add("lost");
      }
      spent = performance.now() - began;
    }
  }

  async map(run) {
    if (!run.map) return null;
    const map = await this.get(`runs/${run.id}/map`);
    return map;
  }

  thumbnail(run, map, i) { return map.has_thumbnails ? `runs/${run.id}/thumbnails/${map.step}/${i}` : null; }
}

const held = document.querySelector("#data");
const source = held ? new HeldData(JSON.parse(held.textContent)) : new LiveData();
const page = new Page(source);
source.start(page);
