/** Script of the timeline page: draws the data for the part of the time that is shown. */
export const pageScript = `
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const chart = document.getElementById('chart');
const laneHeight = 26, gapBetween = 6, markHeight = 14, markRows = 4;
const colours = ['var(--one)', 'var(--two)', 'var(--three)', 'var(--four)'];
const nodes = [...new Set(data.lanes.map(lane => lane.node))];
const colourOf = node => colours[nodes.indexOf(node) % colours.length];
const margin = { left: 150, right: 24, top: 34 };
let from = 0, to = data.seconds, stepOfTicks = 1;

const make = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
};
// As many digits as tell two neighbouring moments apart.
const digits = () => Math.max(0, Math.min(6, Math.ceil(-Math.log10(stepOfTicks))));
const shown = seconds => seconds.toFixed(Math.min(6, digits() + 2)).replace(/(\\.\\d*?)0+$/, '$1').replace(/\\.$/, '') + ' s';

/** Whether there is a process on a node at a time. */
function runsOn(node, at) {
  const lane = data.lanes.find(each => each.node === node);
  const last = lane?.states.findLast(state => state[0] <= at);
  return last === undefined || last[1] !== 'down';
}

/** The parts of a service's lane: who serves from when to when, and how well. */
function partsOf({ node, servers, sorryServer, serving }) {
  return serving.map(([at, who], place) => {
    const end = serving[place + 1]?.[0] ?? data.seconds;
    // Whoever ends takes its services away a moment before it is gone.
    if (who.length === 0) return { at, end, kind: runsOn(node, (at + end) / 2) ? 'nobody' : 'down', who };
    if (who.includes(sorryServer) && !servers.includes(sorryServer)) return { at, end, kind: 'sorry', who };
    return { at, end, kind: who.length < servers.length ? 'fewer' : 'served', who };
  });
}

const rows = [
  ...data.lanes.map(lane => ({ label: lane.node + ' ' + lane.instance, lane })),
  ...data.addresses.map(record => ({ label: record.address, record })),
  ...data.services.map(service => ({ label: service.node + ' ' + service.service, service, parts: partsOf(service) })),
];

function draw() {
  const width = chart.clientWidth;
  chart.replaceChildren(hatching());
  layOut(width);
  const inner = width - margin.left - margin.right;
  const x = seconds => margin.left + ((seconds - from) / (to - from)) * inner;
  const clip = seconds => Math.min(Math.max(x(seconds), margin.left), width - margin.right);
  const marksHeight = drawMarks(x, width);
  const top = marksHeight + 14;
  const bottom = top + rows.length * (laneHeight + gapBetween) + 4;
  chart.setAttribute('height', bottom + 30);
  chart.setAttribute('viewBox', '0 0 ' + width + ' ' + (bottom + 30));
  for (const tick of ticks(inner)) {
    chart.append(make('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: top - 6, y2: bottom }));
    const text = make('text', { class: 'faint', x: x(tick), y: bottom + 16, 'text-anchor': 'middle' }, tick.toFixed(digits()) + ' s');
    chart.append(text);
    // The last one may not reach over the edge.
    const over = x(tick) + text.getComputedTextLength() / 2 - width + 6;
    if (over > 0) text.setAttribute('x', x(tick) - over);
  }
  // Of several texts the first that there is room for.
  const bar = (start, end, y, tall, kind, title, ...texts) => {
    const left = clip(start), right = clip(end);
    if (right - left <= 0 || end < from || start > to) return;
    const fill = kind === 'down' ? 'url(#hatching)' : kind.startsWith('var(') ? kind : 'var(--' + kind + ')';
    const rect = make('rect', { x: left, y, width: Math.max(right - left, 1), height: tall, rx: 2, fill });
    rect.append(make('title', {}, title + ', ' + shown(start) + ' to ' + shown(end)));
    chart.append(rect);
    if (tall < 12) return;
    for (const text of texts) {
      const inside = make('text', { class: 'inside on-' + kind.replace(/\\W/g, ''), x: left + 6, y: y + tall / 2 + 4 }, text);
      chart.append(inside);
      if (inside.getComputedTextLength() <= right - left - 10) return;
      inside.remove();
    }
  };
  rows.forEach((row, place) => {
    const y = top + place * (laneHeight + gapBetween);
    const label = make('text', { class: 'label', x: 10, y: y + 17 }, row.label);
    chart.append(label);
    shorten(label, margin.left - 18);
    if (row.lane) drawLane(row.lane, y, bar, x, inner);
    else if (row.record) drawAddress(row.record, y, bar);
    else for (const part of row.parts) drawServing(row, part, y, bar);
  });
  // Marks cross everything but texts.
  for (const line of chart.querySelectorAll('.mark')) { line.setAttribute('y2', bottom); chart.append(line); }
  for (const text of chart.querySelectorAll('.inside, .mark-text')) chart.append(text);
}

function drawLane(lane, y, bar, x, inner) {
  lane.states.forEach(([at, state], place) => {
    const end = lane.states[place + 1]?.[0] ?? data.seconds;
    const named = state !== 'down' && state !== 'backup';
    bar(at, end, y, laneHeight, state, state === 'down' ? 'no process' : state, ...(named ? [state] : []));
  });
  const seen = lane.adverts.filter(([at]) => at >= from && at <= to);
  const every = Math.ceil(seen.length / (inner / 4));
  seen.forEach(([at, priority], place) => {
    if (priority !== 0 && place % every !== 0) return;
    const zero = priority === 0;
    const tick = make('line', { class: zero ? 'advert zero' : 'advert', x1: x(at), x2: x(at),
      y1: zero ? y - 2 : y + laneHeight - 5, y2: y + laneHeight });
    tick.append(make('title', {}, 'advert, priority ' + priority + ', ' + shown(at)));
    chart.append(tick);
  });
}

function drawAddress(record, y, bar) {
  record.holdings.forEach(([at, holders], place) => {
    const end = record.holdings[place + 1]?.[0] ?? data.seconds;
    holders.forEach((node, share) => {
      const tall = laneHeight / holders.length;
      bar(at, end, y + share * tall, tall - 1, colourOf(node), record.address + ' on ' + holders.join(' and '), node);
    });
  });
  for (const [start, end] of record.dual) bar(start, end, y + laneHeight / 2 - 2, 4, 'dual', 'on two machines for ' + shown(end - start));
  for (const { client, intervals } of record.gaps)
    for (const [start, end] of intervals) bar(start, end, y + laneHeight - 5, 5, 'gap', client + ' gets no answer for ' + shown(end - start));
}

function drawServing({ label, service }, { at, end, kind, who }, y, bar) {
  const names = who.join(' ') || (kind === 'down' ? 'no process' : 'nobody');
  const title = label + ': ' + (kind === 'sorry' ? 'sorry server ' : '') + names;
  const count = kind === 'sorry' ? 'sorry' : who.length + ' of ' + service.servers.length;
  bar(at, end, y, laneHeight, kind, title, ...(kind === 'down' ? [] : who.length === 0 ? [names] : [names, count]));
}

/** What is done, above the lanes; as many lines of text as it takes, up to a bound. Returns their height. */
function drawMarks(x, width) {
  const ends = [];
  for (const event of data.events) {
    if (event.kind !== 'interference' || event.at < from || event.at > to) continue;
    const at = x(event.at);
    const line = make('line', { class: 'mark', x1: at, x2: at, y1: 0 });
    line.append(make('title', {}, shown(event.at) + ' ' + event.text));
    chart.append(line);
    const text = make('text', { class: 'mark-text' }, event.text);
    chart.append(text);
    const long = text.getComputedTextLength();
    const left = Math.max(4, Math.min(at + 4, width - long - 6));
    let row = ends.findIndex(end => end < left);
    if (row < 0) row = ends.length;
    line.setAttribute('y1', 6 + Math.min(row, markRows) * markHeight);
    if (row >= markRows) { text.remove(); continue; }
    ends[row] = left + long + 12;
    text.setAttribute('x', left);
    text.setAttribute('y', 16 + row * markHeight);
  }
  return 10 + Math.max(1, ends.length) * markHeight;
}

/** The margin is as wide as the longest label, within reason. */
function layOut(width) {
  const labels = rows.map(({ label }) => {
    const text = make('text', { class: 'label' }, label);
    chart.append(text);
    return text;
  });
  const longest = Math.max(60, ...labels.map(text => text.getComputedTextLength()));
  for (const text of labels) text.remove();
  margin.left = Math.min(longest + 22, Math.max(width * 0.36, Math.min(180, width * 0.45)));
}

/** Cuts a text to so many pixels; the whole of it is told on hovering. */
function shorten(text, room) {
  const whole = text.textContent;
  if (text.getComputedTextLength() <= room) return;
  let shorter = whole;
  while (shorter.length > 1 && text.getComputedTextLength() > room) {
    shorter = shorter.slice(0, -1);
    text.textContent = shorter.trimEnd() + '…';
  }
  if (text.getComputedTextLength() > room) text.remove();
  else text.append(make('title', {}, whole));
}

/** Nobody is there: lines across, which light and dark tell from everything else. */
function hatching() {
  const definitions = make('defs', {});
  const pattern = make('pattern', { id: 'hatching', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
  pattern.append(make('rect', { width: 6, height: 6, fill: 'var(--panel)' }), make('rect', { width: 1.5, height: 6, fill: 'var(--down)' }));
  definitions.append(pattern);
  return definitions;
}

function ticks(inner) {
  const span = to - from, about = span / Math.max(2, inner / 75);
  const unit = 10 ** Math.floor(Math.log10(about));
  const step = [1, 2, 5, 10].map(factor => factor * unit).find(candidate => candidate >= about);
  stepOfTicks = step;
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
  // The browser's own.
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = (to - from) / 5;
  if (event.key === '+') zoom(0.5);
  else if (event.key === '-') zoom(2);
  else if (event.key === '0') show(0, data.seconds);
  else if (event.key === 'ArrowLeft') show(from - step, to - step);
  else if (event.key === 'ArrowRight') show(from + step, to + step);
});
addEventListener('resize', draw);

const legend = [['master', 'master'], ['backup', 'backup'], ['fault', 'fault'], ['initialize', 'initialize'], ['frozen', 'frozen'],
  ['down', 'no process'], ['advert', 'advert'], ['advert-zero', 'advert with priority 0'],
  ...nodes.map((node, place) => ['node' + (place % colours.length), 'address on ' + node]),
  ['gap', 'no answer for a client'], ['dual', 'on two machines'],
  ...(data.services.length > 0 ? [['served', 'all servers have a weight'], ['fewer', 'fewer of them'], ['sorry', 'sorry server'], ['nobody', 'no server']] : []),
  ['mark', 'something is done']];
for (const [name, text] of legend) {
  const item = document.createElement('li');
  const sample = document.createElement('i');
  sample.className = 'sample-' + name;
  item.append(sample, text);
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
  const shownEvents = data.events.filter(({ kind }) => !hidden.has(kind));
  document.getElementById('rest').textContent =
    shownEvents.length > rowLimit ? shownEvents.length - rowLimit + ' more are not listed.' : '';
  for (const event of shownEvents.slice(0, rowLimit)) {
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
