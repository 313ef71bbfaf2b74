/** The "Try it" panel: the steps one after the other, each with its exchanges. */
export const TRY_IT = `
import { createAuthenticatorSteps } from './authenticator.js';
import { element, icon } from './dom.js';
import { show } from './exchange.js';
import { createPasskeySteps } from './passkey.js';
import { createSteps } from './steps.js';

/** What can be tried, by the values of the choice. */
const SCENARIOS = { code: createSteps, authenticator: createAuthenticatorSteps, passkey: createPasskeySteps };

const panel = document.getElementById('try-it');
const list = document.getElementById('steps');
const scenario = document.getElementById('scenario');
/** A new run makes the answers of the last one void. */
let run = 0;

export function offerTryIt() {
  if (!panel) return;
  const settings = JSON.parse(panel.dataset.settings);
  document.getElementById('restart').addEventListener('click', () => begin(settings));
  document.getElementById('run-all').addEventListener('click', () => runAll(settings));
  scenario.addEventListener('change', () => begin(settings));
  begin(settings);
}

/** A new run with what was chosen in the last one. */
function begin(settings) {
  const chosen = [...list.querySelectorAll('select, #address')].map(({ id, value }) => [id, value]);
  run += 1;
  const current = run;
  const views = SCENARIOS[scenario.value](settings).map((step, at) => viewOf(step, at));
  list.replaceChildren(...views.map(({ root }) => root));
  views.forEach((view, at) => {
    view.root.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      perform(views, at, current);
    });
  });
  enable(views, 0);
  for (const [id, value] of chosen) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event('change'));
  }
}

/** From the step that is due to the end, or to the first that fails. */
async function runAll(settings) {
  if (list.lastElementChild.dataset.state === 'done') begin(settings);
  for (let step = list.querySelector('[data-state="due"], [data-state="failed"]'); step; step = step.nextElementSibling) {
    step.querySelector('form').requestSubmit();
    await step.finished;
    if (step.dataset.state !== 'done') return;
  }
}

function viewOf(step, at) {
  const output = element('div', { class: 'output' });
  const notice = element('p', { class: 'notice', role: 'alert', hidden: true });
  const button = element('button', { type: 'submit', class: 'primary' }, step.action);
  const fields = step.fields ?? [];
  const root = element(
    'li',
    { class: 'step' },
    element('span', { class: 'number', 'aria-hidden': 'true' }, element('span', {}, String(at + 1)), icon('check')),
    element('h3', {}, step.title),
    element('p', { class: 'text' }, step.text),
    element('form', { class: 'form' }, ...fields, button),
    notice,
    output,
  );
  return { step, root, output, notice, button };
}

function enable(views, due) {
  views.forEach(({ root, button }, at) => {
    if (at > due) root.dataset.state = 'later';
    if (at === due && root.dataset.state !== 'failed') root.dataset.state = 'due';
    button.disabled = at !== due;
  });
}

function perform(views, at, current) {
  const { step, root, output, notice, button } = views[at];
  root.dataset.state = 'busy';
  button.disabled = true;
  notice.hidden = true;
  root.finished = step.run().then(([exchange, problem]) => {
    if (current !== run) return;
    for (const earlier of list.querySelectorAll('.exchange')) earlier.open = false;
    output.replaceChildren(...(problem === undefined && step.result ? [step.result()] : []), show(exchange));
    root.dataset.state = problem === undefined ? 'done' : 'failed';
    notice.textContent = problem ?? '';
    notice.hidden = problem === undefined;
    enable(views, problem === undefined ? at + 1 : at);
    const next = problem === undefined ? views[at + 1] : views[at];
    const goesOn = problem === undefined && next !== undefined;
    (next ?? views[at]).root.scrollIntoView({ block: goesOn ? 'nearest' : 'start', behavior: 'smooth' });
  });
}
`;
