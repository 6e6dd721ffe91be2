/** Style of the timeline page. Follows the reader's light or dark, unless told otherwise. */
const dark = `
  --ground: #12161d; --ink: #e4e8ef; --faint: #9aa5b5; --line: #2c3440; --panel: #1a2029;
  --master: #3fb774; --backup: #3d4a5c; --fault: #e56b6b; --initialize: #c89a45; --frozen: #a788e6; --down: #465163;
  --gap: #e56b6b; --dual: #e58a35; --mark: #7aa2f7; --inside: #10141a;
  --one: #4f9ad4; --two: #ab85d0; --three: #b9962f; --four: #56a6a1;
  --served: #57b3c2; --fewer: #2f6670; --sorry: #d2a24a; --nobody: #e56b6b;
  color-scheme: dark;`;

export const pageStyle = `
:root {
  --ground: #ffffff; --ink: #1c2330; --faint: #5b6577; --line: #d7dce5; --panel: #f5f7fa;
  --master: #1f7f49; --backup: #b9c6d8; --fault: #c93b3b; --initialize: #d9a441; --frozen: #7d54c9; --down: #c3cad6;
  --gap: #c93b3b; --dual: #e07b1f; --mark: #2f5fc4; --inside: #ffffff;
  --one: #2573b0; --two: #8355ad; --three: #8a6005; --four: #2f7773;
  --served: #2f7d8c; --fewer: #9fc4ca; --sorry: #e3ae4d; --nobody: #c93b3b;
  color-scheme: light;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {${dark}
} }
:root[data-theme=dark] {${dark}
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
#chart text.faint { fill: var(--faint); font-size: 11px; }
#chart text.inside { fill: var(--inside); font-size: 11px; pointer-events: none; }
#chart text.on-initialize, #chart text.on-sorry { fill: #10141a; } #chart text.on-fewer { fill: var(--ink); }
#chart .advert { stroke: var(--ink); opacity: 0.6; } #chart .zero { stroke: var(--fault); stroke-width: 2; opacity: 1; }
#chart .grid { stroke: var(--line); } #chart .mark { stroke: var(--mark); stroke-dasharray: 3 3; opacity: 0.8; }
#chart text.mark-text { fill: var(--mark); font-size: 11px; paint-order: stroke; stroke: var(--panel); stroke-width: 3px; }
#legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; padding: 0; margin: 0.6rem 0; color: var(--faint); }
#legend i { display: inline-block; width: 1.1em; height: 0.8em; margin-right: 0.4em; border-radius: 2px; vertical-align: -0.05em; }
.sample-master { background: var(--master); } .sample-backup { background: var(--backup); } .sample-fault { background: var(--fault); }
.sample-initialize { background: var(--initialize); } .sample-frozen { background: var(--frozen); }
.sample-down { background: repeating-linear-gradient(45deg, var(--down) 0 1.5px, var(--panel) 1.5px 4px); }
.sample-advert { background: linear-gradient(90deg, transparent 45%, var(--ink) 45% 55%, transparent 55%); }
.sample-advert-zero { background: linear-gradient(90deg, transparent 42%, var(--fault) 42% 58%, transparent 58%); }
.sample-mark { background: repeating-linear-gradient(var(--mark) 0 3px, transparent 3px 5px) center / 1px 100% no-repeat; }
.sample-node0 { background: var(--one); } .sample-node1 { background: var(--two); }
.sample-node2 { background: var(--three); } .sample-node3 { background: var(--four); }
.sample-gap { background: linear-gradient(transparent 60%, var(--gap) 60%); } .sample-dual { background: linear-gradient(transparent 35%, var(--dual) 35% 65%, transparent 65%); }
.sample-served { background: var(--served); } .sample-fewer { background: var(--fewer); }
.sample-sorry { background: var(--sorry); } .sample-nobody { background: var(--nobody); }
.hint { margin: 0.3rem 0; color: var(--faint); font-size: 12.5px; }
#kinds { margin: 0.3rem 0; }
#kinds label { margin-right: 1rem; color: var(--faint); }
#events { border-collapse: collapse; width: 100%; font-size: 13px; }
#events td { padding: 0.1rem 0.8rem 0.1rem 0; vertical-align: top; border-top: 1px solid var(--line); }
#events td:nth-child(-n+2) { width: 1%; }
#events td:nth-child(2) { white-space: nowrap; } #events td:last-child { overflow-wrap: anywhere; }
#events td:first-child { text-align: right; font-variant-numeric: tabular-nums; color: var(--faint); white-space: nowrap; }
#events tr { cursor: pointer; } #events tr:hover { background: var(--panel); }
#events tr.interference td { color: var(--mark); font-weight: 600; }
`;
