/** The five steps of one MFA with a code that is sent: what each asks for, which request it makes, what it learns from the answer. */
export const STEPS = String.raw`
import { element, field } from './dom.js';
import { perform } from './exchange.js';
import { createSession } from './session.js';

const CONTACTS = {
  SMS: { field: 'phone', example: '+15551234567', label: 'text message' },
  VOICE: { field: 'phone', example: '+15551234567', label: 'call' },
  WHATSAPP: { field: 'phone', example: '+15551234567', label: 'WhatsApp' },
  EMAIL: { field: 'email', example: 'someone@example.org', label: 'e-mail' },
};

/** One authentication with a code that is sent. */
export function createSteps(settings) {
  const session = createSession(settings);
  const { known } = session;
  const inbox = location.origin + location.pathname.replace(/\/$/, '') + '/messages';
  const form = authenticationForm(settings.users);
  const code = element('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', class: 'code-input', id: 'code' });

  return [
    session.tokenStep,
    {
      title: 'Start a device authentication',
      text: 'Choose who signs on, and where the code goes.',
      action: 'Start',
      fields: form.fields,
      async run() {
        const body = { user: { id: form.user() }, selectedDevice: form.selection() };
        const exchange = await perform({
          method: 'POST',
          url: session.auth + '/deviceAuthentications',
          headers: { ...session.bearer(), 'Content-Type': 'application/json' },
          body: JSON.stringify(body, undefined, 2),
        });
        const { id, status, error } = exchange.json ?? {};
        known.id = id;
        if (status === 'OTP_REQUIRED') return [exchange, undefined];
        if (status === undefined) return [exchange, 'The authentication was not started.'];
        return [exchange, 'The status is ' + status + (error ? ': ' + error.message : '') + '. No code was sent.'];
      },
    },
    {
      title: 'Receive the code',
      text: 'The user reads it on the phone or in the mail; here it is fetched from this inbox.',
      action: 'Fetch code',
      async run() {
        const exchange = await perform({ method: 'GET', url: inbox + '?deviceAuthentication=' + known.id + '&wait=20' });
        const message = exchange.json?.messages?.at(-1);
        code.value = message?.otp ?? '';
        return [exchange, message ? undefined : 'No code arrived here. Is a gateway configured that sends it elsewhere?'];
      },
      result: () => element('p', { class: 'received' }, 'The code is ', element('output', { class: 'code' }, code.value)),
    },
    session.submitStep(code, 'What the user typed. Change a digit to see what a wrong code gets.'),
    session.readStep,
  ];
}

/** User, way and address, with what they mean for the request. */
function authenticationForm(users) {
  const user = element('select', { id: 'user' }, ...users.map(({ id, username }) => element('option', { value: id }, username)));
  const way = element('select', { id: 'way' });
  const address = element('input', { type: 'text', id: 'address', autocomplete: 'off', spellcheck: 'false' });
  const addressField = field('Address', address);

  const offerWays = () => {
    const { devices = [] } = users.find(({ id }) => id === user.value) ?? {};
    const paired = devices
      .filter(({ type }) => type in CONTACTS)
      .map(({ id, type }) => element('option', { value: id }, 'Paired: ' + type + ' ' + id.slice(0, 8) + '…'));
    const once = Object.entries(CONTACTS).map(([type, { label }]) => element('option', { value: type }, 'One time: ' + label));
    way.replaceChildren(...paired, ...once);
    offerAddress();
  };
  const offerAddress = () => {
    const contact = CONTACTS[way.value];
    addressField.hidden = contact === undefined;
    if (contact) address.value = contact.example;
  };
  user.addEventListener('change', offerWays);
  way.addEventListener('change', offerAddress);
  offerWays();

  return {
    fields: [field('User', user), field('Code goes to', way), addressField],
    user: () => user.value,
    selection: () => {
      const contact = CONTACTS[way.value];
      return contact ? { oneTime: { type: way.value, [contact.field]: address.value.trim() } } : { id: way.value };
    },
  };
}
`;
