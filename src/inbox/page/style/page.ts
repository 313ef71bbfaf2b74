/** Colours, frame and messages. Every colour is a variable, so that the dark theme is one block. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f5f9;
  --surface: #ffffff;
  --sunken: #f6f7fb;
  --line: #e0e4ed;
  --text: #161b26;
  --muted: #5a6375;
  --accent: #3d4ee0;
  --accent-soft: #eaedff;
  --accent-text: #2a38b8;
  --on-accent: #ffffff;
  --good: #11734b;
  --good-soft: #dcf5e8;
  --bad: #b3261e;
  --bad-soft: #fde7e5;
  --sms: #2563c9; --sms-soft: #e3eeff;
  --voice: #8a4b08; --voice-soft: #fdeed8;
  --email: #6a35c0; --email-soft: #f0e8ff;
  --whatsapp: #11734b; --whatsapp-soft: #dcf5e8;
  --shadow: 0 1px 2px rgb(22 27 38 / 6%), 0 4px 14px rgb(22 27 38 / 5%);
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218;
    --surface: #181d26;
    --sunken: #12161d;
    --line: #2a313e;
    --text: #e8ebf2;
    --muted: #9ba5b7;
    --accent: #7d8bff;
    --accent-soft: #232a4d;
    --accent-text: #b3bcff;
    --on-accent: #0d1022;
    --good: #6fdcaa;
    --good-soft: #143527;
    --bad: #ff9b93;
    --bad-soft: #45201e;
    --sms: #8db8ff; --sms-soft: #1b2b47;
    --voice: #f2bd78; --voice-soft: #3a2a13;
    --email: #c9abff; --email-soft: #2e2149;
    --whatsapp: #6fdcaa; --whatsapp-soft: #143527;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--text); font: 15px/1.5 var(--sans); }
h1, h2, h3, h4, p, ol, dl, dd, pre { margin: 0; padding: 0; }
ol { list-style: none; }
button, input, select { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sprite { position: absolute; width: 0; height: 0; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { display: flex; align-items: center; justify-content: space-between; gap: 16px; padding: 14px 24px; background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { display: flex; align-items: center; gap: 10px; }
.brand .icon { width: 26px; height: 26px; color: var(--accent); }
h1 { font-size: 18px; font-weight: 650; letter-spacing: -0.01em; }
.product { color: var(--muted); font-size: 13px; }
.live { display: flex; align-items: center; gap: 8px; font-size: 13px; color: var(--muted); }
.live::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--muted); }
.live[data-state='live']::before { background: #1fa971; box-shadow: 0 0 0 3px var(--good-soft); }
.live[data-state='lost'] { color: var(--bad); }
.live[data-state='lost']::before { background: var(--bad); }

main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; max-width: 1440px; margin: 0 auto; padding: 24px; align-items: start; }
.single main { grid-template-columns: minmax(0, 760px); justify-content: center; }
.panel { min-width: 0; }
/* Side by side, each panel scrolls alone: a code that arrives shows beside the step that waits for it. */
@media (min-width: 901px) {
  body { display: flex; flex-direction: column; height: 100vh; overflow: hidden; }
  main { flex: 1; width: 100%; min-height: 0; padding: 0; gap: 0; }
  .panel { height: 100%; padding: 24px 12px 32px 24px; overflow-y: auto; scrollbar-gutter: stable; scrollbar-width: thin; }
  .try-it { padding: 24px 24px 32px 12px; }
}
.panel-head { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 40px; margin-bottom: 12px; }
h2 { font-size: 16px; font-weight: 650; white-space: nowrap; }
.count { display: inline-block; min-width: 22px; margin-left: 4px; padding: 0 7px; border-radius: 11px; background: var(--accent-soft); color: var(--accent-text); font-size: 12px; line-height: 22px; text-align: center; vertical-align: 1px; }
.tools { display: flex; align-items: center; gap: 8px; min-width: 0; }
.filter { min-width: 0; }
input, select { height: 38px; width: 100%; padding: 0 12px; border: 1px solid var(--line); border-radius: 9px; background: var(--surface); }
input::placeholder { color: var(--muted); opacity: 1; }
.filter input { width: 250px; max-width: 100%; }
button { height: 38px; padding: 0 14px; border: 1px solid transparent; border-radius: 9px; font-weight: 550; white-space: nowrap; cursor: pointer; }
button:disabled { cursor: default; opacity: 0.5; }
.quiet { background: var(--surface); border-color: var(--line); }
.quiet:hover:enabled { border-color: var(--muted); }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover:enabled { filter: brightness(1.08); }

.list { display: grid; gap: 12px; }
.card { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; column-gap: 12px; align-items: center; padding: 16px; background: var(--surface); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); animation: arrive 0.3s ease-out; }
@keyframes arrive { from { opacity: 0; transform: translateY(-6px); } }
.badge { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 11px; background: var(--sms-soft); color: var(--sms); }
[data-channel='VOICE'] .badge { background: var(--voice-soft); color: var(--voice); }
[data-channel='EMAIL'] .badge { background: var(--email-soft); color: var(--email); }
[data-channel='WHATSAPP'] .badge { background: var(--whatsapp-soft); color: var(--whatsapp); }
.card-head { display: grid; }
.channel { font-size: 12px; line-height: 18px; color: var(--muted); }
.to { font-weight: 600; overflow-wrap: anywhere; }
time { align-self: start; font-size: 13px; color: var(--muted); font-variant-numeric: tabular-nums; }
.code-row { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; margin-top: 12px; }
.code { font: 650 30px/38px var(--mono); letter-spacing: 0.14em; font-variant-numeric: tabular-nums; }
.copy { display: inline-flex; align-items: center; gap: 7px; height: 34px; padding: 0 12px; background: var(--accent-soft); color: var(--accent-text); font-size: 13px; }
.copy .icon { width: 16px; height: 16px; }
.copy:hover { filter: brightness(0.97); }
.copy.done { background: var(--good-soft); color: var(--good); }
.expiry { margin-left: auto; font-size: 13px; color: var(--muted); font-variant-numeric: tabular-nums; }
.more { grid-column: 1 / -1; min-width: 0; margin-top: 10px; font-size: 13px; color: var(--muted); }
.more summary { display: flex; cursor: pointer; list-style: none; }
.more summary::-webkit-details-marker { display: none; }
.more summary span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.more summary::before { content: '›'; flex: none; width: 14px; font-weight: 700; transition: rotate 0.15s; transform-origin: 4px 11px; }
.more[open] summary::before { rotate: 90deg; }
.body { margin-top: 10px; padding: 12px; border-radius: 9px; background: var(--sunken); color: var(--text); white-space: pre-wrap; overflow-wrap: anywhere; }
.more dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; margin-top: 10px; }
.more dd { font: 12px/20px var(--mono); overflow-wrap: anywhere; }
.expired { background: transparent; box-shadow: none; }
.expired .badge { background: var(--line); color: var(--muted); }
.expired .code, .expired .to { color: var(--muted); font-weight: 500; }
.expired .copy { background: transparent; border-color: var(--line); color: var(--muted); }
.expired .code { text-decoration: line-through; text-decoration-thickness: 2px; }

.nothing { padding: 56px 32px; border: 1.5px dashed var(--line); border-radius: 14px; text-align: center; color: var(--muted); }
.nothing .icon { width: 46px; height: 46px; stroke-width: 1.2; color: var(--accent); }
.nothing h3 { margin: 8px 0 6px; font-size: 17px; color: var(--text); }
.nothing p { max-width: 430px; margin: 0 auto 10px; }
.nothing pre { margin-top: 16px; padding: 4px; overflow-x: auto; }
.nothing code { display: inline-block; padding: 7px 11px; border-radius: 8px; background: var(--surface); border: 1px solid var(--line); font: 12.5px/1.5 var(--mono); color: var(--text); }
.noscript { padding: 24px; text-align: center; }

.tabs { display: none; }
@media (max-width: 900px) {
  .top { padding: 12px 16px; }
  .product { display: none; }
  .tabs { display: flex; gap: 4px; margin: 14px 16px 0; padding: 4px; border-radius: 12px; background: var(--line); }
  .tabs button { flex: 1; background: transparent; }
  .tabs button[aria-pressed='true'] { background: var(--surface); box-shadow: var(--shadow); }
  main, .single main { grid-template-columns: minmax(0, 1fr); padding: 16px; }
  body[data-view='messages'] .try-it, body[data-view='try-it'] .messages { display: none; }
  .panel-head { flex-wrap: wrap; }
  .messages .tools { flex: 1 1 100%; }
  .filter { flex: 1; }
  .filter input { width: 100%; }
  .nothing { padding: 40px 20px; }
  .code { font-size: 27px; }
  .expiry { flex-basis: 100%; margin-left: 0; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
}
`;
