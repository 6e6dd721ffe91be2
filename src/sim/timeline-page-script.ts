/** Script of the timeline page: draws the data for the part of the time that is shown. */
export const pageScript = `
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const chart = document.getElementById('chart');
const margin = { left: 150, right: 16, top: 34 }, laneHeight = 26, gapBetween = 6;
const colours = ['var(--one)', 'var(--two)', 'var(--three)', 'var(--four)'];
const nodes = [...new Set(data.lanes.map(lane => lane.node))];
const colourOf = node => colours[nodes.indexOf(node) % colours.length];
let from = 0, to = data.seconds;

const make = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
};
const shown = seconds => {
  const digits = to - from < 2 ? 3 : to - from < 30 ? 2 : 1;
  return seconds.toFixed(digits) + ' s';
};

function draw() {
  const width = chart.clientWidth, inner = width - margin.left - margin.right;
  const rows = data.lanes.length + data.addresses.length;
  const height = margin.top + rows * (laneHeight + gapBetween) + 44;
  chart.setAttribute('height', height);
  chart.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
  chart.replaceChildren();
  const x = seconds => margin.left + ((seconds - from) / (to - from)) * inner;
  const clip = seconds => Math.min(Math.max(x(seconds), margin.left), width - margin.right);
  const bar = (start, end, y, tall, fill, title, parent = chart) => {
    const left = clip(start), right = clip(end);
    if (right - left <= 0 || end < from || start > to) return undefined;
    const rect = make('rect', { x: left, y, width: Math.max(right - left, 1), height: tall, rx: 2, fill });
    rect.append(make('title', {}, title));
    parent.append(rect);
    return right - left;
  };
  const bottom = height - 34;
  for (const tick of ticks(inner)) {
    chart.append(make('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: margin.top - 6, y2: bottom }));
    chart.append(make('text', { class: 'faint', x: x(tick), y: bottom + 14, 'text-anchor': 'middle' }, shown(tick)));
  }
  let y = margin.top;
  for (const lane of data.lanes) {
    chart.append(make('text', { x: 10, y: y + 17 }, lane.node + ' ' + lane.instance));
    lane.states.forEach(([at, state], place) => {
      const end = lane.states[place + 1]?.[0] ?? data.seconds;
      const wide = bar(at, end, y, laneHeight, 'var(--' + state + ')', state + ', ' + shown(at) + ' to ' + shown(end));
      if (wide > 46 && state !== 'down' && state !== 'backup')
        chart.append(make('text', { class: 'inside', x: clip(at) + 6, y: y + 17, 'pointer-events': 'none' }, state));
    });
    const seen = lane.adverts.filter(([at]) => at >= from && at <= to);
    const every = Math.ceil(seen.length / (inner / 4));
    seen.forEach(([at, priority], place) => {
      if (priority !== 0 && place % every !== 0) return;
      const zero = priority === 0;
      const tick = make('line', { x1: x(at), x2: x(at), y1: zero ? y - 2 : y + laneHeight - 6, y2: y + laneHeight,
        stroke: zero ? 'var(--fault)' : 'var(--ink)', 'stroke-width': zero ? 2 : 1, opacity: zero ? 1 : 0.55 });
      tick.append(make('title', {}, 'advert, priority ' + priority + ', ' + shown(at)));
      chart.append(tick);
    });
    y += laneHeight + gapBetween;
  }
  for (const record of data.addresses) {
    chart.append(make('text', { x: 10, y: y + 17 }, record.address.length > 20 ? record.address.slice(0, 19) + '…' : record.address));
    record.holdings.forEach(([at, holders], place) => {
      const end = record.holdings[place + 1]?.[0] ?? data.seconds;
      holders.forEach((node, share) => {
        const tall = laneHeight / holders.length;
        const wide = bar(at, end, y + share * tall, tall - 1, colourOf(node),
          record.address + ' on ' + holders.join(' and ') + ', ' + shown(at) + ' to ' + shown(end));
        if (wide > 30 && tall > 12)
          chart.append(make('text', { class: 'inside', x: clip(at) + 6, y: y + (share + 0.5) * tall + 4, 'pointer-events': 'none' }, node));
      });
    });
    for (const [start, end] of record.dual) bar(start, end, y + laneHeight / 2 - 2, 4, 'var(--dual)', 'on two machines for ' + (end - start).toFixed(3) + ' s');
    for (const { client, intervals } of record.gaps)
      for (const [start, end] of intervals)
        bar(start, end, y + laneHeight - 5, 5, 'var(--gap)', client + ' gets no answer for ' + (end - start).toFixed(3) + ' s');
    y += laneHeight + gapBetween;
  }
  let free = -Infinity;
  for (const event of data.events) {
    if (event.kind !== 'interference' || event.at < from || event.at > to) continue;
    const at = x(event.at);
    const line = make('line', { class: 'mark', x1: at, x2: at, y1: 20, y2: bottom });
    line.append(make('title', {}, shown(event.at) + ' ' + event.text));
    chart.append(line);
    if (at < free) continue;
    const text = make('text', { class: 'mark-text', x: at + 3, y: 16 }, event.text);
    chart.append(text);
    free = at + text.getComputedTextLength() + 12;
  }
}

function ticks(inner) {
  const span = to - from, about = span / Math.max(2, inner / 90);
  const unit = 10 ** Math.floor(Math.log10(about));
  const step = [1, 2, 5, 10].map(factor => factor * unit).find(candidate => candidate >= about);
  const list = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) list.push(tick);
  return list;
}

function show(start, end) {
  const span = Math.min(Math.max(end - start, 0.001), data.seconds);
  from = Math.min(Math.max(start, 0), data.seconds - span);
  to = from + span;
  draw();
}
const zoom = (factor, centre = (from + to) / 2) => show(centre - (centre - from) * factor, centre + (to - centre) * factor);
const timeAt = event => {
  const box = chart.getBoundingClientRect();
  return from + ((event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right)) * (to - from);
};
chart.addEventListener('wheel', event => { event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event)); }, { passive: false });
let held;
chart.addEventListener('pointerdown', event => { held = timeAt(event); chart.setPointerCapture(event.pointerId); });
chart.addEventListener('pointermove', event => { if (held !== undefined) { const moved = held - timeAt(event); show(from + moved, to + moved); } });
chart.addEventListener('pointerup', () => { held = undefined; });
document.getElementById('in').onclick = () => zoom(0.5);
document.getElementById('out').onclick = () => zoom(2);
document.getElementById('all').onclick = () => show(0, data.seconds);
document.getElementById('theme').onclick = () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
};
addEventListener('keydown', event => {
  const step = (to - from) / 5;
  if (event.key === '+') zoom(0.5);
  else if (event.key === '-') zoom(2);
  else if (event.key === '0') show(0, data.seconds);
  else if (event.key === 'ArrowLeft') show(from - step, to - step);
  else if (event.key === 'ArrowRight') show(from + step, to + step);
});
addEventListener('resize', draw);

const legend = [['master', 'master'], ['backup', 'backup'], ['fault', 'fault'], ['initialize', 'initialize'], ['frozen', 'frozen'],
  ['down', 'no process'], ['gap', 'no answer for a client'], ['dual', 'on two machines']];
for (const [name, text] of legend) {
  const item = document.createElement('li');
  const sample = document.createElement('i');
  sample.style.background = 'var(--' + name + ')';
  item.append(sample, text);
  document.getElementById('legend').append(item);
}
for (const node of nodes) {
  const item = document.createElement('li');
  const sample = document.createElement('i');
  sample.style.background = colourOf(node);
  item.append(sample, 'addresses on ' + node);
  document.getElementById('legend').append(item);
}

const verdict = document.getElementById('verdict');
const broken = [
  ...data.failedExpectations.map(({ text, instead }) => 'expected and missed: ' + text + ': ' + instead),
  ...data.violations.map(({ at, invariant, text }) => at.toFixed(2) + ' s breaks ' + invariant + ': ' + text),
];
verdict.textContent = broken.length > 0 ? broken.join('\\n') : 'every invariant and expectation holds';
verdict.className = broken.length > 0 ? 'broken' : '';

const kinds = [...new Set(data.events.map(({ kind }) => kind))];
const hidden = new Set(kinds.filter(kind => kind === 'announcement' || kind === 'neighbour'));
const rowLimit = 2000;
function list() {
  const body = document.querySelector('#events tbody');
  body.replaceChildren();
  for (const event of data.events.filter(({ kind }) => !hidden.has(kind)).slice(0, rowLimit)) {
    const row = body.insertRow();
    row.className = event.kind;
    for (const text of [event.at.toFixed(3) + ' s', event.node ?? '', event.text]) row.insertCell().textContent = text;
    row.onclick = () => { show(event.at - 2, event.at + 4); chart.scrollIntoView({ block: 'center' }); };
  }
}
for (const kind of kinds) {
  const label = document.createElement('label');
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = !hidden.has(kind);
  box.onchange = () => { if (box.checked) hidden.delete(kind); else hidden.add(kind); list(); };
  label.append(box, ' ' + kind);
  document.getElementById('kinds').append(label);
}
list();
draw();
`;
