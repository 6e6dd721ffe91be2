/** Style of the timeline page. Follows the reader's light or dark, unless told otherwise. */
export const pageStyle = `
:root {
  --ground: #ffffff; --ink: #1c2330; --faint: #667085; --line: #d7dce5; --panel: #f5f7fa;
  --master: #2f9e5f; --backup: #b9c6d8; --fault: #d64545; --initialize: #d9a441; --frozen: #8a63d2; --down: #e9ecf1;
  --gap: #d64545; --dual: #e07b1f; --mark: #3366cc;
  --one: #2b7bba; --two: #8d5fb5; --three: #a8760a; --four: #3d8a86;
  color-scheme: light;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {
  --ground: #12161d; --ink: #e4e8ef; --faint: #98a2b3; --line: #2c3440; --panel: #1a2029;
  --master: #3fb774; --backup: #3d4a5c; --fault: #e06060; --initialize: #c89a45; --frozen: #9d7be0; --down: #1d232d;
  --gap: #e06060; --dual: #e58a35; --mark: #7aa2f7;
  --one: #3f8ac4; --two: #9d74c4; --three: #b08a2e; --four: #4f9d98;
  color-scheme: dark;
} }
:root[data-theme=dark] {
  --ground: #12161d; --ink: #e4e8ef; --faint: #98a2b3; --line: #2c3440; --panel: #1a2029;
  --master: #3fb774; --backup: #3d4a5c; --fault: #e06060; --initialize: #c89a45; --frozen: #9d7be0; --down: #1d232d;
  --gap: #e06060; --dual: #e58a35; --mark: #7aa2f7;
  --one: #3f8ac4; --two: #9d74c4; --three: #b08a2e; --four: #4f9d98;
  color-scheme: dark;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1400px; padding: 1rem 1.5rem 3rem; background: var(--ground); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
h1 { font-size: 1.3rem; margin: 0.2rem 0; } h2 { font-size: 1rem; margin: 1.4rem 0 0.3rem; }
nav button { font: inherit; min-width: 2.2rem; padding: 0.15rem 0.6rem; color: var(--ink); background: var(--panel);
  border: 1px solid var(--line); border-radius: 5px; cursor: pointer; }
#verdict { margin: 0.2rem 0 0.8rem; color: var(--faint); white-space: pre-line; }
#verdict.broken { color: var(--fault); }
#chart { display: block; width: 100%; background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  touch-action: none; cursor: grab; }
#chart:active { cursor: grabbing; }
#chart text { fill: var(--ink); font: 12px system-ui, sans-serif; }
#chart text.faint { fill: var(--faint); font-size: 11px; } #chart text.inside { fill: #ffffff; font-size: 11px; }
#chart .grid { stroke: var(--line); } #chart .mark { stroke: var(--mark); stroke-dasharray: 3 3; }
#chart text.mark-text { fill: var(--mark); font-size: 11px; stroke: none; }
#legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; padding: 0; margin: 0.6rem 0; color: var(--faint); }
#legend i { display: inline-block; width: 1.1em; height: 0.8em; margin-right: 0.4em; border-radius: 2px; vertical-align: -0.05em; }
#kinds label { margin-right: 1rem; color: var(--faint); }
#events { border-collapse: collapse; width: 100%; font-size: 13px; }
#events td { padding: 0.1rem 0.8rem 0.1rem 0; vertical-align: top; border-top: 1px solid var(--line); }
#events td:first-child { text-align: right; font-variant-numeric: tabular-nums; color: var(--faint); white-space: nowrap; }
#events tr { cursor: pointer; } #events tr:hover { background: var(--panel); }
#events tr.interference td { color: var(--mark); font-weight: 600; }
`;
