"use strict";

// Elements are made, never parsed: a name can only ever be text.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter(c => c !== null && c !== undefined));
  return made;
}

function drawn(tag, attributes, parent, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

// Round numbers between two others: 1, 2 or 5 times a power of ten apart.
function roundTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count), power = 10 ** Math.floor(Math.log10(raw)), share = raw / power;
  const step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9 && ticks.length < 50; i++) ticks.push(i * step);
  return ticks;
}

function ratioTicks(low, high) {
  const ticks = [];
  const fine = Math.log10(high / low) < 2;
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of fine ? [1, 2, 5] : [1]) {
      const tick = factor * 10 ** power;
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks.length > 12 ? ticks.filter((_, i) => i % Math.ceil(ticks.length / 8) === 0) : ticks;
}

function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6) return +(value / 1e6).toPrecision(3) + " M";
  if (size >= 1e4) return +(value / 1e3).toPrecision(3) + " k";
  return size < 1e-3 ? value.toExponential(1).replace("e-", "e−") : String(+value.toPrecision(4)).replace("-", "−");
}

function duration(seconds) {
  const s = Math.round(seconds), two = n => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

const axes = {
  epoch: { label: "epoch", text: short, tick: short },
  step: { label: "step", text: v => Math.round(v).toLocaleString("en"), tick: short },
  seconds: { label: "training time", text: duration, tick: duration },
};

// Lines over one pair of axes: hover says values, dragging zooms, a double click shows all again.
class Chart {
  constructor(title, format) {
    this.format = format ?? short;
    this.lines = [];
    this.range = null;
    this.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", title);
    this.tip = element("div", { class: "tip", hidden: true });
    this.host = element("section", { class: "card chart", "data-chart": title }, element("h3", {}, title), this.svg, this.tip);
    this.svg.addEventListener("pointermove", e => this.move(e));
    this.svg.addEventListener("pointerleave", () => this.leave());
    this.svg.addEventListener("pointerdown", e => { this.from = this.at(e); });
    this.svg.addEventListener("pointerup", e => this.zoom(this.at(e)));
    this.svg.addEventListener("dblclick", () => { this.range = null; this.draw(); });
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  // Lines: name, color and the columns of their points.
  show(lines, axis, logarithmic) {
    if (this.axis !== axis) this.range = null;
    Object.assign(this, { lines, axis, logarithmic });
    this.draw();
  }

  fits(line, i) {
    const x = line.x[i];
    return (!this.range || (x >= this.range[0] && x <= this.range[1])) && (!this.logarithmic || line.y[i] > 0);
  }

  draw() {
    const width = this.svg.clientWidth, height = this.svg.clientHeight || 240;
    if (width === 0 || !this.axis) return;
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const line of this.lines) {
      for (let i = 0; i < line.x.length; i++) {
        if (!this.fits(line, i)) continue;
        left = Math.min(left, line.x[i]); right = Math.max(right, line.x[i]);
        low = Math.min(low, line.y[i]); high = Math.max(high, line.y[i]);
      }
    }
    if (left > right) {
      drawn("text", { x: width / 2, y: height / 2, "text-anchor": "middle", class: "empty" }, this.svg, "nothing measured yet");
      this.scale = null;
      return;
    }
    if (left > 0 && left < (right - left) / 20) left = 0;
    if (left === right) [left, right] = [left - Math.max(1, Math.abs(left) / 100), right + Math.max(1, Math.abs(right) / 100)];
    if (this.range) [left, right] = this.range;
    const ratio = this.logarithmic;
    if (low === high) [low, high] = ratio ? [low / 1.5, high * 1.5] : [low - Math.abs(low || 1) * .05, high + Math.abs(high || 1) * .05];
    const margin = ratio ? (high / low) ** .05 : (high - low) * .05;
    [low, high] = ratio ? [low / margin, high * margin] : [low - margin, high + margin];
    const place = ratio ? Math.log : v => v;
    const box = { left: 52, right: width - 10, top: 12, bottom: height - 34 };
    this.scale = {
      box, left, right,
      x: v => box.left + (v - left) / (right - left) * (box.right - box.left),
      y: v => box.bottom - (place(v) - place(low)) / (place(high) - place(low)) * (box.bottom - box.top),
    };
    this.drawAxes(low, high, ratio ? ratioTicks(low, high) : roundTicks(low, high, 5));
    for (const line of this.lines) this.drawLine(line);
    this.cursor = drawn("line", { class: "cursor", y1: box.top, y2: box.bottom, visibility: "hidden" }, this.svg);
    this.shade = drawn("rect", { class: "zoom", y: box.top, height: box.bottom - box.top, visibility: "hidden" }, this.svg);
  }

  drawAxes(low, high, ticks) {
    const { box, x, y, left, right } = this.scale, axis = axes[this.axis];
    for (const tick of ticks) {
      drawn("line", { class: "grid", x1: box.left, x2: box.right, y1: y(tick), y2: y(tick) }, this.svg);
      drawn("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end", class: "tick-y" }, this.svg, this.format(tick));
    }
    for (const tick of this.axis === "seconds" ? timeTicks(left, right, 5) : roundTicks(left, right, 5)) {
      drawn("line", { class: "axis", x1: x(tick), x2: x(tick), y1: box.bottom, y2: box.bottom + 4 }, this.svg);
      drawn("text", { x: x(tick), y: box.bottom + 16, "text-anchor": "middle", class: "tick-x" }, this.svg, axis.tick(tick));
    }
    drawn("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }, this.svg);
    drawn("text", { x: (box.left + box.right) / 2, y: box.bottom + 30, "text-anchor": "middle" }, this.svg, axis.label);
  }

  drawLine(line) {
    const { x, y } = this.scale;
    let path = "", count = 0, last;
    for (let i = 0; i < line.x.length; i++) {
      if (!this.fits(line, i)) continue;
      path += `${count++ === 0 ? "M" : "L"}${x(line.x[i]).toFixed(1)} ${y(line.y[i]).toFixed(1)}`;
      last = i;
    }
    if (count === 0) return;
    drawn("path", { d: path, "data-line": line.name, "data-points": count }, this.svg).style.stroke = line.color;
    if (count <= 60) {
      for (let i = 0; i < line.x.length; i++) {
        if (this.fits(line, i)) drawn("circle", { cx: x(line.x[i]), cy: y(line.y[i]), r: count === 1 ? 3 : 2 }, this.svg).style.fill = line.color;
      }
    }
  }

  at(event) {
    const { left } = this.svg.getBoundingClientRect();
    return event.clientX - left;
  }

  value(pixel) {
    const { box, left, right } = this.scale;
    return left + (Math.min(Math.max(pixel, box.left), box.right) - box.left) / (box.right - box.left) * (right - left);
  }

  move(event) {
    if (!this.scale) return;
    const pixel = this.at(event), value = this.value(pixel), { box, x } = this.scale;
    if (this.from !== undefined && event.buttons === 1) {
      const [a, b] = [Math.min(this.from, pixel), Math.max(this.from, pixel)];
      this.shade.setAttribute("x", Math.max(a, box.left));
      this.shade.setAttribute("width", Math.max(0, Math.min(b, box.right) - Math.max(a, box.left)));
      this.shade.setAttribute("visibility", "visible");
    }
    const near = this.lines.filter(l => l.x.length > 0).map(line => ({ line, i: nearest(line.x, value) }));
    if (near.length === 0) return;
    const best = near.reduce((a, b) => Math.abs(a.line.x[a.i] - value) <= Math.abs(b.line.x[b.i] - value) ? a : b);
    const found = x(best.line.x[best.i]);
    for (const name of ["x1", "x2"]) this.cursor.setAttribute(name, found);
    this.cursor.setAttribute("visibility", "visible");
    this.tip.replaceChildren(`${axes[this.axis].label} ${axes[this.axis].text(best.line.x[best.i])}`, ...near.map(({ line, i }) => {
      const dot = element("span", { class: "dot" });
      dot.style.background = line.color;
      return element("div", {}, dot, `${line.name}: ${this.format(line.y[i], true)}`);
    }));
    this.tip.hidden = false;
    const room = this.host.clientWidth - this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(0, Math.min(room, found < room / 2 ? found + 28 : found - this.tip.offsetWidth))}px`;
  }

  zoom(pixel) {
    const from = this.from;
    this.from = undefined;
    if (!this.scale || from === undefined || Math.abs(pixel - from) < 8) return;
    this.range = [this.value(Math.min(from, pixel)), this.value(Math.max(from, pixel))];
    this.draw();
  }

  leave() {
    this.tip.hidden = true;
    this.from = undefined;
    this.cursor?.setAttribute("visibility", "hidden");
    this.shade?.setAttribute("visibility", "hidden");
  }
}

function timeTicks(low, high, count) {
  const raw = (high - low) / count;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].find(s => s >= raw) ?? 86400 * Math.ceil(raw / 86400);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return ticks;
}

// The place of the value nearest to one, in rising values.
function nearest(values, value) {
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle; else high = middle;
  }
  return value - values[low] <= values[high] - value ? low : high;
}
