/** What a benchmark's report adds to the look of reports: a colour for each contender, a filling for each backend. */
export const BENCH_PARTS = `
.backlit { --c: light-dark(#b4532a, #f0986a); } .tfjs { --c: light-dark(#2f6f8f, #74b6d6); }
.jax { --c: light-dark(#77509c, #c3a3ea); }
.mark { stroke: var(--c); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
.mark.webgpu { fill: var(--c); } .mark.wasm { fill: color-mix(in oklab, var(--c) 40%, var(--card)); } .mark.cpu { fill: var(--card); }
.mark.unranked { fill: none; stroke-dasharray: 3 3; }
.span { stroke: var(--c); stroke-width: 1.5; opacity: .55; vector-effect: non-scaling-stroke; }
.line { stroke: var(--c); } .line.wasm { stroke-dasharray: 5 3; } .line.cpu { stroke-dasharray: 1.5 3; }
.line.roof { stroke: var(--quiet); --c: var(--quiet); }
.track { fill: var(--rule); opacity: .5; }
.whisker line { stroke: var(--ink); stroke-width: 1; opacity: .7; vector-effect: non-scaling-stroke; }
.even { stroke: var(--ink); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
.tick.strong { fill: var(--ink); } .aside { fill: var(--quiet); }
.tick.halo { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.cell { stroke: var(--card); stroke-width: 2; vector-effect: non-scaling-stroke; }
.cell.ours { fill: light-dark(#b4532a, #f0986a); } .cell.theirs { fill: light-dark(#2f6f8f, #74b6d6); }
.note { display: block; font-weight: 400; font-size: .85rem; color: var(--quiet); }
.note + .legend, figcaption > .legend { margin-left: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; }
.legend .key { white-space: nowrap; }
.key::before { background: var(--c); margin-left: 0; }
.key.wasm::before { background: repeating-linear-gradient(90deg, var(--c) 0 4px, transparent 4px 6px); }
.key.cpu::before { background: repeating-linear-gradient(90deg, var(--c) 0 2px, transparent 2px 5px); }
.key.heat::before { width: .8em; height: .8em; border-radius: 2px; margin-bottom: -.05em; }
.key.ours::before { background: light-dark(#b4532a, #f0986a); } .key.theirs::before { background: light-dark(#2f6f8f, #74b6d6); }
.key.roof { --c: var(--quiet); }
.key.dot::before { width: .6em; height: .6em; border: 1.5px solid var(--c); border-radius: 50%; background: var(--c); margin-bottom: 0; }
.key.dot.wasm::before { border-radius: 0; background: color-mix(in oklab, var(--c) 40%, var(--card)); }
.key.dot.cpu::before { border-radius: 0; background: var(--card); rotate: 45deg; }
.headline.ratios { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12.5rem), 1fr)); margin: 1.25rem 0 1rem; }
.headline.ratios li { padding: .6rem .9rem; } .headline.ratios b { white-space: nowrap; font-size: 1.3rem; }
.charts figure { min-width: 0; } .charts { align-items: start; }
.kind { color: var(--quiet); font-size: .85rem; font-weight: 400; }
.caution { border-left: 3px solid light-dark(#b4532a, #f0986a); padding-left: .8rem; margin: 1rem 0; }
details { margin: .75rem 0; } summary { cursor: pointer; color: var(--quiet); }
.charts { margin-top: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); }
.words th { color: var(--quiet); } .words th:first-child { width: 13rem; } .words table { width: 100%; table-layout: fixed; }
.words td, .words th { white-space: normal; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td.text, th.text { text-align: left; } td.text:last-child { white-space: normal; min-width: 15rem; } .left-out li { margin: .3rem 0; max-width: 80ch; } .left-out { padding-left: 1.2rem; list-style: disc; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .8rem 1rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .88rem; }
@media (max-width: 600px) { .words th:first-child { width: 7rem; } .headline.ratios { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; } .headline.ratios b { font-size: 1.05rem; } }
.compared th[scope="row"], .compared td.text { min-width: 6rem; }
@media (max-width: 600px) { .compared th[scope="row"], .compared td.text { white-space: normal; overflow-wrap: anywhere; } }
`;
