/** The "Try it" panel: a line of steps, and requests with their answers. */
export const TRY_IT_STYLE = `
.intro { margin: -4px 0 16px; color: var(--muted); font-size: 14px; }
.steps { padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); }
.step { position: relative; scroll-margin: 20px; padding: 0 0 26px 46px; }
.step:last-child { padding-bottom: 0; }
.step:not(:last-child)::before { content: ''; position: absolute; left: 14px; top: 34px; bottom: 2px; width: 2px; border-radius: 1px; background: var(--line); }
.step[data-state='done']:not(:last-child)::before { background: var(--good); opacity: 0.45; }
.number { position: absolute; left: 0; top: -2px; display: grid; place-items: center; width: 30px; height: 30px; border-radius: 50%; border: 2px solid var(--line); color: var(--muted); font-size: 14px; font-weight: 650; }
.number .icon { display: none; width: 18px; height: 18px; stroke-width: 2.4; }
.step[data-state='due'] .number, .step[data-state='busy'] .number { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.step[data-state='busy'] .number { animation: beat 0.9s ease-in-out infinite alternate; }
@keyframes beat { to { opacity: 0.45; } }
.step[data-state='failed'] .number { border-color: var(--bad); color: var(--bad); background: var(--bad-soft); }
.step[data-state='done'] .number { border-color: transparent; background: var(--good-soft); color: var(--good); }
.step[data-state='done'] .number .icon { display: block; }
.step[data-state='done'] .number span { display: none; }
.step[data-state='later'] h3, .step[data-state='later'] .text { color: var(--muted); }
/* Whom and where can be chosen before the first step. */
.step[data-state='later'] .form:not(:has(select)) { display: none; }
h3 { font-size: 15px; font-weight: 600; }
.text { color: var(--muted); font-size: 14px; }
.form { display: flex; flex-wrap: wrap; align-items: end; gap: 10px; margin-top: 10px; }
.field { flex: 1 1 190px; min-width: 0; font-size: 12px; color: var(--muted); }
.field input, .field select { margin-top: 3px; font-size: 14px; color: var(--text); background: var(--sunken); }
.field .code-input { font: 600 18px/1 var(--mono); letter-spacing: 0.16em; }
.step[data-state='done'] .form { display: none; }
.notice { margin-top: 10px; padding: 9px 12px; border-radius: 9px; background: var(--bad-soft); color: var(--bad); font-size: 14px; }
.output:not(:empty) { margin-top: 10px; }
.received { margin-bottom: 10px; }
.qr { display: grid; grid-template-columns: auto 1fr; align-items: center; gap: 4px 16px; margin-bottom: 10px; font-size: 14px; }
.qr img { grid-row: span 2; border: 1px solid var(--line); border-radius: 10px; background: #fff; }
.qr p { align-self: end; overflow-wrap: anywhere; }
.qr .copy { align-self: start; justify-self: start; }
.secret { display: block; margin-top: 4px; font: 600 14px/1.4 var(--mono); color: var(--accent-text); }
.scenario select { font-size: 14px; }
.received .code { font-size: 18px; line-height: 1; color: var(--accent-text); letter-spacing: 0.12em; }
.completed { display: inline-block; margin-bottom: 10px; padding: 5px 14px; border-radius: 20px; background: var(--good-soft); color: var(--good); font-weight: 700; letter-spacing: 0.05em; }

.exchange { position: relative; border: 1px solid var(--line); border-radius: 10px; background: var(--sunken); font-size: 13px; overflow: hidden; }
.exchange summary { display: flex; align-items: center; gap: 9px; padding: 8px 12px; cursor: pointer; list-style: none; }
.exchange summary::-webkit-details-marker { display: none; }
.exchange[open] summary { border-bottom: 1px solid var(--line); }
.method { font: 700 12px/20px var(--mono); color: var(--accent-text); }
.path { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: 12px/20px var(--mono); }
.status { padding: 0 8px; border-radius: 10px; font-size: 12px; line-height: 20px; font-weight: 600; white-space: nowrap; }
.good { background: var(--good-soft); color: var(--good); }
.bad { background: var(--bad-soft); color: var(--bad); }
.millis { color: var(--muted); font-size: 12px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.part { padding: 8px 12px 12px; }
.part + .part { border-top: 1px solid var(--line); }
.part h4 { margin-bottom: 4px; font-size: 11px; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; color: var(--muted); }
.part pre { max-height: 560px; overflow: auto; font: 12px/18px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
.part .content { margin-top: 8px; }
.part .rest { margin: 2px 0; }
.part .rest summary { display: inline; padding: 0; border: 0; font-size: 12px; color: var(--muted); text-decoration: underline dotted; }
.part .line { font-weight: 700; }
.part .name { color: var(--email); }
.part .string { color: var(--good); }
.part .literal { color: var(--voice); }
@media (max-width: 900px) {
  .steps { padding: 16px; }
  .step { padding-left: 42px; }
  .exchange { margin-left: -42px; }
  .millis { display: none; }
}
`;
