#include "html.hpp"

namespace sae::html {

const std::string_view style = R"(:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #22252a; --faint: #5d636d; --line: #dcdad3;
  --reconstruction: #2565ae; --decay: #b3541e; --sparsity: #19785a; --link: #1f5a9e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181c; --card: #1e2126; --ink: #e6e4df; --faint: #a3a8b1; --line: #363a42;
    --reconstruction: #7db1ee; --decay: #eb9c6a; --sparsity: #66c7a3; --link: #8bbcf2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 .6rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: 0 0 .8rem; max-width: 46rem; overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; }
.note, caption, figcaption { color: var(--faint); font-size: .875rem; }
section { margin-top: 2.4rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
a { color: var(--link); }
code { font: .875rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
ul { margin: 0 0 .8rem; padding-left: 1.2rem; max-width: 46rem; }
li { margin-bottom: .3rem; }

.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 1.2rem 0; }
.key div { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .55rem .8rem; }
.key dt { color: var(--faint); font-size: .8rem; }
.key dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }

figure { margin: 0; }
figcaption { margin-bottom: .4rem; }
img { display: block; max-width: 100%; height: auto; border-radius: 3px; }
.single { max-width: 36rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin-bottom: 1rem; }

.scroll { overflow-x: auto; margin-bottom: 1rem; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { vertical-align: bottom; font-weight: 600; }
th:first-child, td:first-child { padding-left: 0; }
th[scope=row], thead th:first-child, th.text, td.text { text-align: left; }
th[scope=row] { font-weight: 500; }
.sortable { font-size: .8rem; }
.sortable th, .sortable td { white-space: nowrap; padding: .3rem .45rem; }
.sortable thead th { white-space: normal; }
.sortable td code { font-size: inherit; }
.pairs th { white-space: nowrap; color: var(--faint); }
.pairs td { text-align: left; overflow-wrap: anywhere; min-width: 8rem; }
th button { all: unset; cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; }
th button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: " \2191"; }
th[aria-sort=descending] button::after { content: " \2193"; }

.matrix { table-layout: fixed; }
.matrix caption { color: inherit; }
.matrix th, .matrix td { border: 0; padding: .35rem; text-align: left; }
.matrix col.heads { width: 6.5rem; }
.matrix col.cells { width: 17.5rem; }
.matrix figure + figure { margin-top: .6rem; }
.matrix figcaption { margin: .2rem 0 0; font-size: .8rem; }

.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; list-style: none; padding: 0; margin: 0 0 .4rem; font-size: .875rem; }
.legend svg { width: 28px; height: 10px; margin-right: .4rem; }
.chart { margin-bottom: 1rem; }
.chart > svg { display: block; width: 100%; height: auto; }
.chart > svg.narrow { display: none; }
svg text { font: 13px system-ui, sans-serif; fill: var(--faint); }
svg.narrow text { font-size: 12px; }
svg .label { font-weight: 600; }
svg .grid { stroke: var(--line); }
svg .leader { stroke: var(--line); }
svg path.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg path.dots { fill: none; stroke-width: 5; stroke-linecap: round; stroke: var(--reconstruction); opacity: .75; }
svg .rho { stroke: var(--decay); stroke-width: 1.5; stroke-dasharray: 6 4; }
svg .total { stroke: var(--ink); } svg text.total { stroke: none; fill: var(--ink); }
svg path.total { stroke-width: 4; opacity: .45; }
svg .reconstruction { stroke: var(--reconstruction); } svg text.reconstruction { stroke: none; fill: var(--reconstruction); }
svg .decay { stroke: var(--decay); stroke-dasharray: 7 4; } svg text.decay { stroke: none; fill: var(--decay); }
svg .sparsity { stroke: var(--sparsity); stroke-dasharray: 2 3; } svg text.sparsity { stroke: none; fill: var(--sparsity); }

@media screen and (min-width: 64rem) {
  .broad { width: min(94vw, 100rem); margin-left: 50%; transform: translateX(-50%); }
}
@media (max-width: 40rem) {
  main { padding: 1.2rem .9rem 3rem; }
  h1 { font-size: 1.4rem; }
  .chart > svg.wide { display: none; }
  .chart > svg.narrow { display: block; }
  .pair { gap: .4rem; }
  .key { grid-template-columns: 1fr 1fr; }
  .matrix col.heads { width: 3.6rem; }
  .matrix col.cells { width: 8rem; }
}
@page broad { size: landscape; }
@media print {
  :root {
    color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --faint: #444; --line: #bbb;
    --reconstruction: #2565ae; --decay: #b3541e; --sparsity: #19785a; --link: #000;
  }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  figure, .key, tr, li, p, caption { break-inside: avoid; }
  h2, h3, caption, figcaption, .legend { break-after: avoid; }
  .scroll { overflow: visible; break-inside: avoid; }
  table { font-size: 8pt; }
  .key { grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); }
  .broad, section:has(> .broad) { page: broad; }
  section > p:first-of-type { break-after: avoid; }
  .sortable { font-size: 7pt; }
  .sortable th, .sortable td { padding: .15rem .2rem; }
  .matrix col.heads { width: 4.5rem; }
  .matrix col.cells { width: 10.5rem; }
  th button { text-decoration: none; }
  .single { max-width: 28rem; }
}
)";

const std::string_view sorting = R"('use strict';
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  const compare = (a, b) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    return isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
  };
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a, column), y = value(b, column);
        return x === '' || y === '' || !down ? compare(x, y) : compare(y, x);
      });
      body.append(...rows);
    });
  });
}
)";

}  // namespace sae::html
