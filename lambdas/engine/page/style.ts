/** Colours have a contrast of 4.5:1 or more in both schemes. On a small screen, rows of tables become cards. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f4f5f7; --text: #1c1d20; --dim: #55585f; --line: #d5d7dc;
  --good: #1b6b2f; --bad: #b3261e; --plan: #3f4854; --link: #1a4fa3; --copied: #2f6fd0; --deleted: #c2571a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15171a; --raised: #202328; --text: #e7e8ea; --dim: #acb0b8; --line: #3b3f46;
    --good: #86d993; --bad: #ffb0a8; --plan: #c3cad4; --link: #a5c5ff; --copied: #6ea2f5; --deleted: #f0955c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 66rem; margin: 0 auto; padding: 1rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { margin: 0.5rem 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 2.2rem 0 0.6rem; font-size: 1.25rem; }
h1, h2, p, td, th, dd, summary, li, caption { overflow-wrap: anywhere; }
.good h1 { color: var(--good); }
main { padding-top: 0; }
.bad h1, dd.bad, .message b { color: var(--bad); }
.plan h1 { color: var(--plan); }
.banner { display: inline-block; margin: 0; padding: 0.1rem 0.7rem; border: 1px solid var(--plan); border-radius: 1rem; color: var(--plan); font-weight: 600; }
.message { padding: 0.6rem 1rem; border-left: 4px solid var(--bad); background: var(--raised); white-space: pre-wrap; }
.dim, caption, .tiles dt, .axis { color: var(--dim); }
code, .key { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { margin: 0.2rem 0 0.8rem; padding: 0.6rem 0.8rem; background: var(--raised); border-radius: 0.3rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0; }
.tiles div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: 0.6rem 0.8rem; background: var(--raised); border-radius: 0.4rem; }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.2; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0.6rem 0; }
.facts dt { color: var(--dim); }
.facts dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: 0.4rem 0 1rem; }
caption { padding: 0.2rem 0; text-align: left; }
th, td { padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: normal; }
thead th { color: var(--dim); overflow-wrap: normal; }
.key { min-width: min(20rem, 25vw); }
thead .key { font: inherit; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th button { padding: 0.1rem 0.3rem; border: 0; border-radius: 0.2rem; background: none; color: inherit; font: inherit; text-decoration: underline dotted; cursor: pointer; }
th[aria-sort=ascending] button::after { content: " \\2191" / ""; }
th[aria-sort=descending] button::after { content: " \\2193" / ""; }
.bar { display: block; width: 100%; margin-top: 0.4rem; min-width: 4rem; height: 0.7rem; }
.copied { fill: var(--copied); }
.deleted { fill: var(--deleted); }
figure { margin: 0 0 1.2rem; }
figure svg { display: block; width: 100%; height: 7.5rem; border-bottom: 1px solid var(--dim); }
figure line { stroke: var(--line); vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; font-size: 0.85rem; }
summary .samples { display: block; color: var(--dim); font: 0.9em ui-monospace, monospace; }
summary { padding: 0.4rem 0; cursor: pointer; font-weight: 600; }
.search { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.search[hidden] { display: none; }
input { width: 16rem; max-width: 100%; padding: 0.35rem 0.5rem; border: 1px solid var(--dim); border-radius: 0.3rem; background: var(--ground); color: inherit; font: inherit; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); }
[hidden] { display: none !important; }
@media screen and (max-width: 52rem) {
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.5rem; }
  table, tbody, caption { display: block; }
  thead { display: none; }
  .key { min-width: 0; }
  .sortable thead { display: block; }
  .sortable thead tr { display: flex; flex-wrap: wrap; gap: 0 1rem; border: 0; padding: 0; }
  thead th { border: 0; }
  tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  td, tbody th { display: flex; justify-content: space-between; gap: 1rem; padding: 0.1rem 0; border: 0; text-align: left; white-space: normal; }
  td::before { content: attr(data-label); flex: none; color: var(--dim); }
  tbody th { font-weight: 600; }
}
@media print {
  body { font-size: 0.75rem; }
  header, main, footer { max-width: none; padding: 0; }
  .key { min-width: 8rem; }
  .bar { min-width: 2rem; }
  :root { color-scheme: light; --ground: #fff; --raised: #fff; --text: #000; --dim: #444; --line: #bbb; --good: #1b6b2f; --bad: #b3261e; --plan: #333; --link: #000; }
  .skip, .search { display: none; }
  tr, figure, .tiles div { break-inside: avoid; }
  thead { display: table-header-group; }
  h2, summary { break-after: avoid; }
}
`;
