/** The look of every report: quiet, readable on paper, and dark where the reader's system is. */

/** What a report is made of, without the sheet that it lies on: the page, which has its own, nests this. */
export const REPORT_PARTS = `
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; font-weight: 600; margin: 2.75rem 0 .9rem; }
p { margin: .3rem 0; max-width: 70ch; } .quiet { color: var(--quiet); }
.headline { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.headline li { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .7rem 1.1rem; }
.headline b { display: block; font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.headline span { color: var(--quiet); font-size: .85rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; margin-bottom: .75rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: .9rem; }
figcaption { font-weight: 600; font-size: .95rem; } .legend { font-weight: 400; color: var(--quiet); margin-left: .5rem; }
.key::before { content: ""; display: inline-block; width: .9em; height: 3px; margin: 0 .4em .25em .8em; background: currentColor; }
.key.train::before { background: var(--train); } .key.held::before { background: var(--held); }
svg { width: 100%; height: auto; display: block; } .grid { stroke: var(--rule); }
.grid, .line { vector-effect: non-scaling-stroke; } .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.charts figure { container-type: inline-size; } .tick { fill: var(--quiet); font-size: 9.5px; }
@container (width < 480px) { .tick { font-size: 11px; } } @container (width < 380px) { .tick { font-size: 14px; } }
@container (width > 600px) { .tick { font-size: 7px; } }
.line.train { stroke: var(--train); } .line.held { stroke: var(--held); }
circle.train { fill: var(--train); } circle.held { fill: var(--held); }
/* The shadows at the edges show that there is more to scroll to: the covers move with the table, the shadows do not. These are
   a little lower, as a cover of half a pixel does not cover. */
.scroll { overflow-x: auto; background: linear-gradient(90deg, var(--ground, var(--paper)) 40%, transparent) 0 / 3rem 100% local no-repeat,
  linear-gradient(-90deg, var(--ground, var(--paper)) 40%, transparent) 100% / 3rem 100% local no-repeat,
  linear-gradient(90deg, var(--shade), transparent) 0 1px / 1rem calc(100% - 2px) no-repeat,
  linear-gradient(-90deg, var(--shade), transparent) 100% 1px / 1rem calc(100% - 2px) no-repeat; }
/* Beside each other where both fit, else each over the whole width. */
.tables { display: flex; flex-wrap: wrap; gap: 0 3rem; } .tables section { flex: 1 1 auto; min-width: 0; max-width: 100%; }
.tables table { width: 100%; } .confusion { margin-bottom: .5rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th[scope="row"] { text-align: left; font-weight: 500; } thead th { color: var(--quiet); font-weight: 500; }
thead th:first-child { text-align: left; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.confusion thead th { text-align: center; }
.confusion td { min-width: 2.6rem; padding-inline: .3rem; text-align: center; border: 1px solid var(--paper); border-radius: 4px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: .75rem; }
.mistakes figure { padding: .5rem; text-align: center; } .mistakes figcaption { font-size: .82rem; font-weight: 400; }
.mistakes span { color: var(--quiet); white-space: nowrap; display: block; }
.mistakes img { width: 100%; height: auto; image-rendering: pixelated; border-radius: 4px; display: block; margin-bottom: .4rem; }
@media (max-width: 600px) { .headline { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; } .headline li { padding: .55rem .8rem; }
  .headline b { font-size: 1.05rem; } table { font-size: .84rem; } th, td { padding: .3rem .25rem; }
  .scores th[scope="row"] { white-space: normal; } .confusion { font-size: .7rem; } .confusion td { min-width: 0; padding-inline: 0; } }
`;

export const REPORT_STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #23211d; --quiet: #6d675d; --rule: #e2ddd2;
  --card: #ffffff; --train: #2f6f8f; --held: #b4532a; --shade: rgba(35, 33, 29, .28); --right: 47, 111, 143; --wrong: 180, 83, 42; }
@media (prefers-color-scheme: dark) { :root { --paper: #16171a; --ink: #e8e4da; --quiet: #a49d8f; --rule: #33343a;
  --card: #1e2024; --train: #74b6d6; --held: #f0986a; --shade: rgba(0, 0, 0, .75); --right: 116, 182, 214; --wrong: 240, 152, 106; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (max-width: 600px) { body { padding-inline: 1rem; } }
${REPORT_PARTS}
@media print { body { background: none; } }
`;
