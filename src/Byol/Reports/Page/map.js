"use strict";

// What an encoder has learned: images as points, near where it finds them alike.
class MapView {
  constructor(source) {
    this.source = source;
    this.kind = "near";
    this.host = element("div", { id: "map" });
    this.view = { scale: 1, x: 0, y: 0 };
  }

  show(runs, color) {
    const having = runs.filter(r => r.map);
    this.host.hidden = having.length === 0;
    if (having.length === 0) return;
    const key = having.map(r => r.id).join();
    if (key !== this.shown) {
      this.shown = key;
      this.build(having);
    }
    this.runs = having;
    const now = having.find(r => r.id === this.run?.id);
    if (this.data && typeof now?.map === "number" && now.map !== this.openedAt && !this.data.working) this.open(now);      // a newer evaluation
  }

  build(runs) {
    this.canvas = element("canvas", { tabindex: 0, "aria-label": "map of images" });
    this.peek = element("div", { class: "peek", hidden: true });
    this.side = element("div", { id: "near" });
    this.note = element("p", { class: "quiet" });
    this.legend = element("div", { class: "legend" });
    this.kinds = element("span", { class: "choice", role: "group" }, ...[["neighbors", "near"], ["PCA", "pca"]].map(([text, kind]) =>
      element("button", { "data-kind": kind, "aria-pressed": String(kind === this.kind), disabled: true, onclick: () => this.choose(kind) }, text)));
    this.body = element("div", { hidden: true }, element("div", { class: "controls" }, this.kinds,
      ...[["duplicates", () => this.duplicates()], ["outliers", () => this.outliers()]].map(([name, show]) =>
        element("button", { onclick: show }, name)), element("label", {}, "Scroll to zoom, drag to move, click for the nearest.")),
      element("div", { class: "map" }, element("div", { class: "plot" }, this.canvas, this.peek, this.legend), this.side));
    this.host.replaceChildren(element("h2", {}, "What has been learned"), this.note,
      element("div", { class: "bar" }, ...runs.map(run => element("button", { "data-map": run.name, onclick: () => this.open(run) },
        runs.length > 1 ? run.name : "show the map"))), this.body);
    this.canvas.addEventListener("pointermove", e => this.move(e));
    this.canvas.addEventListener("pointerleave", () => { this.peek.hidden = true; this.held = null; });
    this.canvas.addEventListener("pointerdown", e => { this.held = this.pressed = [e.offsetX, e.offsetY]; });
    this.canvas.addEventListener("pointerup", e => this.release(e));
    this.canvas.addEventListener("wheel", e => this.wheel(e), { passive: false });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.note.textContent = "Images as the encoder sees them: those that it finds alike lie near one another.";
    if (this.source instanceof HeldData) {
      this.open(runs[0]);
      this.host.querySelector(".bar").hidden = runs.length === 1;
    }
  }

  async open(run) {
    this.run = run;
    this.openedAt = run.map;
    for (let asked = 0; ; asked++) {
      const data = await this.source.map(run, this.kind);
      if (this.run !== run) return;
      if (!data) { this.note.textContent = "Its embeddings cannot be read."; return; }
      const isNew = this.data?.step !== data.step || this.data?.run !== run.id;
      this.data = { ...data, run: run.id };
      this.body.hidden = false;
      if (isNew) this.view = { scale: 1, x: 0, y: 0 };
      this.arrange();
      if (isNew) this.select(null);
      if (!data.working) return;
      await new Promise(done => setTimeout(done, 1000));
    }
  }

  heading() {
    const { names, data, step, epoch } = this.data;
    if (step === 0) return `${names.length.toLocaleString("en")} images of ${data}.`;
    return `${names.length.toLocaleString("en")} images of ${data}, at step ${step.toLocaleString("en")} (epoch ${+epoch.toFixed(1)}).`;
  }

  choose(kind) {
    this.kind = kind;
    this.view = { scale: 1, x: 0, y: 0 };
    this.arrange();
  }

  // Places in -1 to 1, the densest part in view.
  arrange() {
    const near = this.data.near, kind = this.kind === "near" && near ? "near" : "pca", { x, y } = this.data[kind];
    for (const button of this.kinds.children) {
      button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
      button.disabled = button.dataset.kind === "near" && !near;
    }
    const range = values => [Math.min(...values), Math.max(...values)];
    const [[l, r], [b, t]] = [range(x), range(y)], size = Math.max(r - l, t - b) || 1;
    this.places = x.map((v, i) => [(v - (l + r) / 2) / size * 1.94, ((b + t) / 2 - y[i]) / size * 1.94]);
    this.note.textContent = this.heading() + (this.data.working ? ` Working: ${this.data.working}` : "");
    this.showLegend();
    this.draw();
  }

  showLegend() {
    const style = getComputedStyle(document.documentElement), [deep, pale] = matchMedia("(prefers-color-scheme: dark)").matches ? [58, 72] : [42, 58];
    const base = Array.from({ length: 8 }, (_, i) => style.getPropertyValue(`--c${i}`).trim());
    const classes = this.data.classes;
    this.colors = classes.map((_, i) => classes.length <= 8 ? base[i] : `hsl(${Math.round(360 * i / classes.length)} 62% ${i % 2 ? deep : pale}%)`);
    if (classes.length === 0) this.colors = [base[0]];
    this.legend.replaceChildren(...classes.slice(0, 40).map((name, i) => {
      const dot = element("span", { class: "dot" });
      dot.style.background = this.colors[i];
      return element("span", {}, dot, name);
    }), ...classes.length > 40 ? [element("span", {}, `and ${classes.length - 40} more`)] : []);
  }

  pixel([x, y]) {
    const { scale, x: dx, y: dy } = this.view, w = this.canvas.clientWidth, h = this.canvas.clientHeight, half = Math.min(w, h) / 2;
    return [w / 2 + (x + dx) * scale * half, h / 2 + (y + dy) * scale * half];
  }

  draw() {
    if (!this.places || this.canvas.clientWidth === 0) return;
    const dense = devicePixelRatio || 1, w = this.canvas.clientWidth, h = this.canvas.clientHeight;
    [this.canvas.width, this.canvas.height] = [w * dense, h * dense];
    const ink = this.canvas.getContext("2d");
    ink.scale(dense, dense);
    ink.globalAlpha = this.chosen ? .28 : .8;
    const size = Math.min(5, (this.places.length > 3000 ? 1.6 : 2.6) * Math.sqrt(this.view.scale));
    this.places.forEach((place, i) => {
      const [x, y] = this.pixel(place);
      if (x < -5 || y < -5 || x > w + 5 || y > h + 5) return;
      ink.fillStyle = this.colors[this.data.labels[i] ?? 0];
      ink.fillRect(x - size, y - size, 2 * size, 2 * size);
    });
    ink.globalAlpha = 1;
    for (const i of this.chosen ?? []) {
      const [x, y] = this.pixel(this.places[i]);
      ink.fillStyle = this.colors[this.data.labels[i] ?? 0];
      ink.strokeStyle = getComputedStyle(document.body).color;
      ink.beginPath();
      ink.arc(x, y, i === this.chosen[0] ? 7 : 4.5, 0, 7);
      ink.fill();
      ink.stroke();
    }
  }

  find(x, y) {
    let [best, distance] = [-1, 15 ** 2];
    this.places?.forEach((place, i) => {
      const [px, py] = this.pixel(place), d = (px - x) ** 2 + (py - y) ** 2;
      if (d < distance) [best, distance] = [i, d];
    });
    return best;
  }

  move(e) {
    if (this.held && e.buttons === 1) {
      const half = Math.min(this.canvas.clientWidth, this.canvas.clientHeight) / 2 * this.view.scale;
      this.view.x += (e.offsetX - this.held[0]) / half;
      this.view.y += (e.offsetY - this.held[1]) / half;
      this.held = [e.offsetX, e.offsetY];
      this.draw();
      return;
    }
    const i = this.find(e.offsetX, e.offsetY);
    this.peek.hidden = i < 0;
    if (i < 0) return;
    if (this.peek.dataset.image !== String(i)) {
      this.peek.dataset.image = i;
      this.peek.replaceChildren(...this.picture(i));
    }
    this.peek.style.left = `${Math.min(e.offsetX + 14, this.canvas.clientWidth - 160)}px`;
    this.peek.style.top = `${Math.min(e.offsetY + 14, this.canvas.clientHeight - 180)}px`;
  }

  release(e) {
    const [x, y] = this.pressed ?? [-99, -99];
    this.held = this.pressed = null;
    if (Math.abs(e.offsetX - x) + Math.abs(e.offsetY - y) < 5) this.select(this.find(e.offsetX, e.offsetY));
  }

  wheel(e) {
    e.preventDefault();
    const before = this.view.scale, half = Math.min(this.canvas.clientWidth, this.canvas.clientHeight) / 2;
    this.view.scale = Math.min(60, Math.max(.5, before * 1.0015 ** -e.deltaY));
    const change = 1 / (half * this.view.scale) - 1 / (half * before);
    this.view.x += (e.offsetX - this.canvas.clientWidth / 2) * change;
    this.view.y += (e.offsetY - this.canvas.clientHeight / 2) * change;
    this.draw();
  }

  picture(i) {
    const label = this.data.classes[this.data.labels[i]], source = this.source.thumbnail(this.run, this.data, i);
    return [source ? element("img", { src: source, alt: this.data.names[i] }) : null,
      element("div", {}, this.data.names[i].split("/").at(-1)), label ? element("div", { class: "quiet" }, label) : null].filter(p => p);
  }

  tile(i, figure) {
    return element("li", { "data-image": i, title: this.data.names[i], onclick: () => this.select(i) }, ...this.picture(i),
      figure ? element("div", { class: "quiet" }, figure) : null);
  }

  // The nearest of an image in the space of the encoder, not on the map.
  select(i) {
    if (i === null || i < 0) {
      this.chosen = null;
      this.side.replaceChildren(element("p", { class: "quiet" }, "Click a point, or an image, for the images nearest to it."));
    } else if (this.data.neighbors) {
      const { k, neighbors, similarities } = this.data;
      const near = Array.from({ length: k }, (_, n) => neighbors[i * k + n]);
      this.chosen = [i, ...near];
      this.side.replaceChildren(element("h3", {}, "Nearest to"), element("ul", { class: "tiles" }, this.tile(i)),
        element("ul", { class: "tiles" }, ...near.map((n, at) => this.tile(n, (similarities[i * k + at]).toFixed(3)))));
    }
    this.draw();
  }

  duplicates() {
    const pairs = this.data.duplicates ?? [];
    this.side.replaceChildren(element("h3", {}, "Nearly the same"), element("p", { class: "quiet" }, pairs.length === 0 ? "No two images are."
      : "Pairs twenty times closer than two images in the mean, the closest first."),
    element("ul", { class: "tiles pairs" }, ...pairs.map(p => {
      const images = [p.a, p.b].map(i => this.source.thumbnail(this.run, this.data, i)).filter(s => s);
      return element("li", { onclick: () => this.select(p.a) }, element("div", { class: "two" }, ...images.map(src => element("img", { src, alt: "" }))),
        element("div", {}, `${this.data.names[p.a]} and ${this.data.names[p.b]}`), element("div", { class: "quiet" }, p.similarity.toFixed(4)));
    })));
  }

  outliers() {
    this.side.replaceChildren(element("h3", {}, "Like no other"), element("p", { class: "quiet" }, "Farthest from their nearest neighbors."),
      element("ul", { class: "tiles" }, ...(this.data.outliers ?? []).map(o => this.tile(o.image, o.distance.toFixed(3)))));
  }
}
