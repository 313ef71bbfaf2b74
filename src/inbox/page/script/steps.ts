/** The five steps of one MFA: what each asks for, which request it makes, what it learns from the answer. */
export const STEPS = String.raw`
import { element } from './dom.js';
import { perform } from './exchange.js';

const CONTACTS = {
  SMS: { field: 'phone', example: '+15551234567', label: 'text message' },
  VOICE: { field: 'phone', example: '+15551234567', label: 'call' },
  WHATSAPP: { field: 'phone', example: '+15551234567', label: 'WhatsApp' },
  EMAIL: { field: 'email', example: 'someone@example.org', label: 'e-mail' },
};

/**
 * Steps over what is known so far: token, flow, code. run resolves with the exchange and throws a text when the authentication
 * cannot go on. Both base URLs begin where this page does.
 */
export function createSteps(settings) {
  const auth = location.origin + location.pathname.replace(/\/inbox\/?$/, '') + '/' + settings.environmentId;
  const inbox = location.origin + location.pathname.replace(/\/$/, '') + '/messages';
  const form = authenticationForm(settings.users);
  const code = element('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', class: 'code-input', id: 'code' });
  const known = {};
  const flowUrl = () => auth + '/deviceAuthentications/' + known.id;
  const bearer = () => ({ Authorization: 'Bearer ' + known.token });

  return [
    {
      title: 'Get a token',
      text: 'The backend authenticates as its application (client credentials).',
      action: 'Get token',
      async run() {
        const credentials = btoa(settings.clientId + ':' + settings.clientSecret);
        const exchange = await perform({
          method: 'POST',
          url: auth + '/as/token',
          headers: { Authorization: 'Basic ' + credentials, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=client_credentials',
        });
        known.token = exchange.json?.access_token;
        return [exchange, known.token ? undefined : 'There is no token in the answer.'];
      },
    },
    {
      title: 'Start a device authentication',
      text: 'Choose who signs on, and where the code goes.',
      action: 'Start',
      fields: form.fields,
      async run() {
        const body = { user: { id: form.user() }, selectedDevice: form.selection() };
        const exchange = await perform({
          method: 'POST',
          url: auth + '/deviceAuthentications',
          headers: { ...bearer(), 'Content-Type': 'application/json' },
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
    {
      title: 'Submit the code',
      text: 'What the user typed. Change a digit to see what a wrong code gets.',
      action: 'Submit',
      fields: [field('Code', code)],
      async run() {
        const exchange = await perform({
          method: 'POST',
          url: flowUrl(),
          headers: { ...bearer(), 'Content-Type': 'application/vnd.pingidentity.otp.check+json' },
          body: JSON.stringify({ otp: code.value.trim() }, undefined, 2),
        });
        const detail = exchange.json?.details?.[0];
        const left = detail?.innerError?.attemptsRemaining;
        const refused = (detail?.message ?? 'The code was refused.') + (left === undefined ? '' : ' Attempts remaining: ' + left + '.');
        return [exchange, exchange.response?.ok ? undefined : refused];
      },
    },
    {
      title: 'See it completed',
      text: 'The backend may read the authentication again before it signs the user on.',
      action: 'Read',
      async run() {
        const exchange = await perform({ method: 'GET', url: flowUrl(), headers: bearer() });
        known.status = exchange.json?.status;
        return [exchange, known.status === 'COMPLETED' ? undefined : 'The status is ' + (known.status ?? 'unknown') + '.'];
      },
      result: () => element('p', { class: 'completed' }, known.status),
    },
  ];
}

function field(label, control) {
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control);
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
