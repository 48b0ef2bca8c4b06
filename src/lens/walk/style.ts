/** The look of an exported walk, on top of that of report.html. */
export const EXPLAIN_STYLE = `
/* Warm above 0 and blue below, as on the page. */
:root { --up: 177, 76, 6; --down: 29, 95, 158; --lit: #b14c06; }
@media (prefers-color-scheme: dark) { :root { --up: 246, 176, 75; --down: 116, 185, 244; --lit: #f6b04b; } }
html { scroll-padding-top: 3.5rem; }
body { padding-bottom: 8rem; }
nav { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--rule); margin: 1.5rem -.5rem 0;
  padding: .55rem .5rem; overflow-x: auto; white-space: nowrap; font-size: .92rem; }
nav a { color: var(--quiet); text-decoration: none; margin-right: 1.4rem; } nav a:hover, nav a:focus { color: var(--ink); }
.stage > h2 { font-size: 1.25rem; margin-top: 3.5rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 2rem 0 .2rem; }
.row { display: flex; flex-wrap: wrap; gap: .9rem; align-items: flex-start; margin-top: .7rem; }
.matrix { max-width: 100%; min-width: min(100%, 15.5rem); --ground: var(--card); background: var(--ground); border: 1px solid var(--rule); border-radius: 10px; padding: .8rem 1rem .9rem; }
.matrix .equation { overflow-y: hidden; padding: .15rem 0 .5rem; font-size: 1.02rem; }
.matrix .shape { color: var(--quiet); font-size: .8rem; margin: .1rem 0 .55rem; }
.matrix .meaning { color: var(--quiet); font-size: .86rem; line-height: 1.4; margin: .6rem 0 0; max-width: none; }
.matrix .definition { border-top: 1px solid var(--rule); margin-top: .6rem; padding-top: .4rem; font-size: .86rem; }
.matrix .definition .scroll { overflow-y: hidden; padding: .15rem 0; }
/* Words do not make a card wider than its numbers do. */
.matrix .shape, .matrix .meaning { width: 0; min-width: 100%; }
.values:focus-visible { outline: 2px solid var(--lit); outline-offset: 3px; }
.values table { font-size: .84rem; border-collapse: separate; border-spacing: 2px; margin: 0; }
.values th { color: var(--quiet); font-weight: 400; font-size: .72rem; padding: 0 .35rem; border: 0; text-align: right; }
.values thead th { text-align: center; }
.values td { border: 0; border-radius: 4px; padding: .22rem .45rem; min-width: 2rem; cursor: default; }
.values td.zero { color: var(--quiet); opacity: .55; } .values td.gap { color: var(--quiet); text-align: center; }
td.from { outline: 2px solid var(--lit); outline-offset: -2px; } td.root { box-shadow: inset 0 -3px 0 var(--lit); }
td.at { outline: 2px solid var(--ink); outline-offset: -2px; }
.matrix:has(td.from) { border-color: var(--lit); }
#working { position: fixed; inset: auto 0 0; z-index: 3; background: var(--card); border-top: 1px solid var(--rule);
  padding: .7rem max(1.25rem, calc(50% - 570px)); font-variant-numeric: tabular-nums; font-size: .92rem; min-height: 3.6rem; }
#working b { font-weight: 600; } #working p { max-width: none; margin: 0; overflow-wrap: anywhere; }
.pairs { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; margin-top: .9rem; } .pair { display: flex; flex-wrap: wrap; gap: .9rem; align-items: flex-start; }
.pair .matrix { min-width: 0; min-height: 9rem; } .pair > p { align-self: center; } .charts .legend { display: inline-block; margin-left: 0; white-space: nowrap; } .pair > p { color: var(--quiet); }
#working span { color: var(--quiet); }
.charts .hollow { fill: var(--card); stroke-width: 2; } circle.hollow.train { stroke: var(--train); } circle.hollow.held { stroke: var(--held); }
.charts .dotted { stroke-dasharray: 3 4; }
.bill { margin-top: 1rem; } .bill td.quiet { color: var(--quiet); }
@media (max-width: 600px) { .matrix { width: 100%; padding: .7rem .75rem; } .values td { padding: .2rem .3rem; } #working { font-size: .82rem; } }
@media print { nav, #working { display: none; } .matrix { break-inside: avoid; } }
`;
