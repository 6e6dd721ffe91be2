import type { SimulationData } from './simulation-data.ts';
import { pageScript } from './timeline-page-script.ts';
import { pageStyle } from './timeline-page-style.ts';

/** A run as one HTML page that needs nothing else: lanes, adverts, gaps, events; zoom by wheel, keys or buttons. */
export function timelinePage(data: SimulationData, title: string): string {
  // No text of the run can end the script element it stands in.
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}: timeline</title>
<style>
${pageStyle}
</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<nav>
<button type="button" id="in" title="Zoom in (+)">+</button>
<button type="button" id="out" title="Zoom out (-)">−</button>
<button type="button" id="all" title="Show everything (0)">all</button>
<button type="button" id="theme" title="Light or dark">◐</button>
</nav>
</header>
<p id="verdict"></p>
<main><svg id="chart" role="img" aria-label="Timeline of the simulation" tabindex="0"></svg></main>
<p class="hint">Zoom with the wheel or + and −, move by dragging or with the arrow keys, 0 shows everything. Whatever is drawn says more
when the pointer rests on it.</p>
<ul id="legend"></ul>
<section>
<h2>Events</h2>
<p class="hint">A click on a line shows its moment above.</p>
<p id="kinds"></p>
<table id="events"><tbody></tbody></table>
<p id="rest" class="hint"></p>
</section>
<script type="application/json" id="data">${json}</script>
<script>
${pageScript}
</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}
