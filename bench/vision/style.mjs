// How the report looks, in light and in dark.

export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --text: #1d2126; --soft: #69707a; --line: #dfe1dd;
  --good: #14804a; --bad: #b4471c; --accent: #2456c8; --other: #e08a3c; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1d2127; --text: #e8eaed; --soft: #9aa3ae;
  --line: #343a43; --good: #4fc387; --bad: #f0916a; --accent: #7ea6ff; --other: #f0ab66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 28px 80px; max-width: 1360px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 34px; margin: 0; letter-spacing: -0.02em; }
h2 { font-size: 24px; margin: 48px 0 16px; letter-spacing: -0.01em; }
h3 { font-size: 17px; margin: 36px 0 8px; }
header p { max-width: 720px; color: var(--soft); margin: 8px 0; }
nav a { color: var(--accent); margin-right: 16px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: 10px; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 18px; }
.figure b { display: block; font-size: 22px; white-space: nowrap; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: 13px; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 14px; margin-top: 14px; }
.curve { background: var(--card); border: 1px solid var(--line); border-radius: 12px; width: 100%; padding: 8px; }
.curve text { fill: var(--soft); font-size: 12px; }
.curve .title { fill: var(--text); font-size: 14px; font-weight: 600; }
.curve .grid { stroke: var(--line); }
.curve .threshold { stroke: var(--text); stroke-dasharray: 4 4; }
.curve .line { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.curve .mark { fill: var(--card); stroke: var(--accent); stroke-width: 3; }
.curve .same { fill: var(--accent); opacity: 0.85; }
.curve .different { fill: var(--other); opacity: 0.85; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 10px; margin-bottom: 12px; }
.pair { margin: 0; padding: 6px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.pair img { width: 48%; border-radius: 6px; margin: 0 1%; }
.pair figcaption { text-align: center; font-variant-numeric: tabular-nums; font-size: 13px; color: var(--soft); }
.pair.wrong { border-color: var(--bad); } .pair.wrong figcaption { color: var(--bad); font-weight: 600; }
.gallery { columns: 5 230px; column-gap: 14px; }
article { break-inside: avoid; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  margin-bottom: 14px; overflow: hidden; padding-bottom: 10px; }
.photograph { position: relative; width: 100%; background: var(--line); }
.photograph img { width: 100%; height: 100%; display: block; object-fit: fill; }
.photograph svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.photograph rect { fill: none; stroke: #35e08b; }
.photograph circle { fill: #ffd84a; stroke: #0009; }
.photograph text { fill: #fff; paint-order: stroke; stroke: #000a; stroke-width: 0.25em; font-weight: 600; }
h4 { font-size: 13px; margin: 10px 12px 6px; overflow-wrap: anywhere; } h4 small { color: var(--soft); font-weight: 400; }
.judged { display: flex; gap: 10px; margin: 0 12px; } .aligned { width: 78px; height: 78px; border-radius: 8px; flex: none; }
.measures { margin: 4px 0 0; color: var(--soft); font-size: 12px; line-height: 1.4; }
.chip { display: inline-block; margin: 0; padding: 1px 10px; border-radius: 99px; font-size: 12px; font-weight: 600;
  border: 1px solid currentColor; } .chip.fit { color: var(--good); } .chip.unfit { color: var(--bad); margin: 0 12px; }
.hint { margin: 6px 12px 0; font-size: 13px; color: var(--soft); }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 10px; margin: 10px 12px 0; font-size: 12px; align-items: center; }
dt { color: var(--soft); } dd { margin: 0; position: relative; height: 16px; background: var(--ground); border-radius: 5px; }
dd i { position: absolute; inset: 0 auto 0 0; border-radius: 5px; opacity: 0.35; } dd i.high { background: var(--good); }
dd i.low { background: var(--bad); } dd span { position: absolute; right: 6px; line-height: 16px; font-variant-numeric: tabular-nums; }
dd.none { background: none; color: var(--soft); }
@media (max-width: 560px) { body { padding: 20px 14px; } .curves { grid-template-columns: 1fr; } }
`;
