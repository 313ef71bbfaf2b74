/** The steps of an authenticator app: paired, then authenticated with. The page can play the app. */
export const AUTHENTICATOR = `
import { copyButton, element, field } from './dom.js';
import { perform } from './exchange.js';
import { createSession, refusalIn } from './session.js';

const ACTIVATE = 'application/vnd.pingidentity.device.activate+json';
const EMPTY = 'Left empty, this page plays the app.';

/** An app is paired with a user, proves itself, and is removed again. */
export function createAuthenticatorSteps(settings) {
  const session = createSession(settings);
  const { known, bearer } = session;
  const user = element(
    'select',
    { id: 'user' },
    ...settings.users.map(({ id, username }) => element('option', { value: id }, username)),
  );
  const first = codeField('first-code');
  const code = codeField('code');
  const app = createApp();
  const devices = () => session.api + '/users/' + user.value + '/devices';
  const json = (type) => ({ ...bearer(), 'Content-Type': type });

  return [
    session.tokenStep,
    {
      title: 'Create the device',
      text: 'The answer has the secret, this once, and as a URI that the app takes as a QR code.',
      action: 'Create',
      fields: [field('User', user)],
      async run() {
        const exchange = await perform({
          method: 'POST',
          url: devices(),
          headers: json('application/json'),
          body: JSON.stringify({ type: 'TOTP', nickname: 'Try it' }, undefined, 2),
        });
        const { id, secret, keyUri } = exchange.json ?? {};
        if (!keyUri) return [exchange, 'There is no key URI in the answer.'];
        known.device = id;
        app.secret = secret;
        known.qr = await qrOf(keyUri);
        return [exchange, undefined];
      },
      result: () =>
        element(
          'div',
          { class: 'qr' },
          element('img', { src: known.qr, alt: 'QR code of the key URI', width: '190', height: '190' }),
          element('p', {}, 'Scan it with an authenticator app, or type ', element('output', { class: 'secret' }, app.secret)),
          copyButton('Copy secret', () => app.secret),
        ),
    },
    {
      title: 'Activate it with its first code',
      text: 'Six digits from the app. ' + EMPTY,
      action: 'Activate',
      fields: [field('Code', first)],
      async run() {
        if (first.value === '') first.value = await app.next();
        const exchange = await perform({
          method: 'POST',
          url: devices() + '/' + known.device,
          headers: json(ACTIVATE),
          body: JSON.stringify({ otp: first.value.trim() }, undefined, 2),
        });
        return [exchange, refusalIn(exchange)];
      },
    },
    {
      title: 'Start a device authentication',
      text: 'With this device; nothing is sent.',
      action: 'Start',
      async run() {
        const exchange = await perform({
          method: 'POST',
          url: session.auth + '/deviceAuthentications',
          headers: json('application/json'),
          body: JSON.stringify({ user: { id: user.value }, selectedDevice: { id: known.device } }, undefined, 2),
        });
        const { id, status } = exchange.json ?? {};
        known.id = id;
        return [exchange, status === 'OTP_REQUIRED' ? undefined : 'The status is ' + (status ?? 'unknown') + '.'];
      },
    },
    session.submitStep(code, 'The next code of the app: each is good once. ' + EMPTY, () => app.next()),
    session.readStep,
    {
      title: 'Remove the app again',
      text: 'So that the next run finds the user as this one did.',
      action: 'Remove',
      async run() {
        const exchange = await perform({ method: 'DELETE', url: devices() + '/' + known.device, headers: bearer() });
        return [exchange, exchange.response?.ok ? undefined : 'The device was not removed.'];
      },
    },
  ];
}

function codeField(id) {
  return element('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', class: 'code-input', id });
}

/** The server draws it: an image of our own, put into the page as data. */
async function qrOf(text) {
  const response = await fetch('inbox/qr', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: text });
  return 'data:image/svg+xml,' + encodeURIComponent(await response.text());
}

/** An authenticator app with one secret: RFC 6238 with SHA-1, 30 seconds, 6 digits. */
function createApp() {
  let shown = 0;
  return {
    secret: '',
    /** The code of the current step, or of the one after the last that was shown, so that nobody waits for the clock. */
    async next() {
      shown = Math.max(shown + 1, Math.floor(Date.now() / 30000));
      return codeAt(this.secret, shown);
    },
  };
}

async function codeAt(secret, step) {
  // Only https and loopback addresses have it.
  if (!crypto.subtle) return '';
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const digest = new DataView(await crypto.subtle.sign('HMAC', key, counter));
  const offset = digest.getUint8(19) & 15;
  return String((digest.getUint32(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

function bytesOf(base32) {
  const bits = [...base32].map((character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'));
  return new Uint8Array(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}
`;
