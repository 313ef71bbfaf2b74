/** The steps of a passkey: made by this browser, paired, authenticated with, and removed again. */
export const PASSKEY = `
import { element, field } from './dom.js';
import { perform } from './exchange.js';
import { createSession } from './session.js';

/** The module that any page may load, fetched where it is first used. */
const sdk = () => import('../sdk/webauthn.js');
const ACTIVATE = 'application/vnd.pingidentity.device.activate+json';
const CHECK = 'application/vnd.pingidentity.assertion.check+json';
/** A relying party is a domain: no browser makes a passkey for an address. */
const isAddress = /^[0-9.]+$|^\\[/.test(location.hostname);

/** A passkey of this page's own relying party. */
export function createPasskeySteps(settings) {
  const session = createSession(settings);
  const { known, bearer } = session;
  const user = element(
    'select',
    { id: 'user' },
    ...settings.users.map(({ id, username }) => element('option', { value: id }, username)),
  );
  const devices = () => session.api + '/users/' + user.value + '/devices';
  const post = (url, type, body) =>
    perform({ method: 'POST', url, headers: { ...bearer(), 'Content-Type': type }, body: JSON.stringify(body, undefined, 2) });

  return [
    session.tokenStep,
    {
      title: 'Create the device',
      text: 'The answer has what the browser is to be asked for: publicKeyCredentialCreationOptions.',
      action: 'Create',
      fields: [field('User', user)],
      async run() {
        const rp = { id: isAddress ? 'localhost' : location.hostname, name: 'Postern' };
        const exchange = await post(devices(), 'application/json', { type: 'FIDO2', rp, nickname: 'Try it' });
        const { id, publicKeyCredentialCreationOptions: options } = exchange.json ?? {};
        known.device = id;
        known.options = options;
        if (!options) return [exchange, 'There are no options in the answer.'];
        if (isAddress) return [exchange, 'Open this page as http://localhost: a passkey belongs to a domain, not to an address.'];
        return [exchange, undefined];
      },
    },
    {
      title: 'Make the passkey and activate the device',
      text: 'The browser asks for a fingerprint, a PIN or a security key; what it says proves the device.',
      action: 'Make passkey',
      async run() {
        return withBrowser(
          async () => (await sdk()).createCredential(known.options),
          (proof) => post(devices() + '/' + known.device, ACTIVATE, proof),
        );
      },
    },
    {
      title: 'Start a device authentication',
      text: 'With this device; the answer has publicKeyCredentialRequestOptions.',
      action: 'Start',
      async run() {
        const body = { user: { id: user.value }, selectedDevice: { id: known.device } };
        const exchange = await post(session.auth + '/deviceAuthentications', 'application/json', body);
        const { id, status, publicKeyCredentialRequestOptions: options } = exchange.json ?? {};
        known.id = id;
        known.options = options;
        return [exchange, status === 'ASSERTION_REQUIRED' ? undefined : 'The status is ' + (status ?? 'unknown') + '.'];
      },
    },
    {
      title: 'Use the passkey',
      text: 'The browser asks again, and signs this one challenge.',
      action: 'Use passkey',
      async run() {
        return withBrowser(
          async () => (await sdk()).useCredential(known.options),
          (proof) => post(session.auth + '/deviceAuthentications/' + known.id, CHECK, proof),
        );
      },
    },
    session.readStep,
    {
      title: 'Remove the device again',
      text: 'So that the next run finds the user as this one did. The browser keeps its passkey until you remove it there.',
      action: 'Remove',
      async run() {
        const exchange = await perform({ method: 'DELETE', url: devices() + '/' + known.device, headers: bearer() });
        return [exchange, exchange.response?.ok ? undefined : 'The device was not removed.'];
      },
    },
  ];
}

/** What the browser makes, sent to the server; what the browser refuses is shown as a request that was never made. */
async function withBrowser(ask, send) {
  let proof;
  try {
    proof = await ask();
  } catch (error) {
    return [{ request: { method: 'BROWSER', url: location.href, headers: {} }, failure: error.message, millis: 0 }, error.message];
  }
  const exchange = await send(proof);
  const detail = exchange.json?.details?.[0];
  return [exchange, exchange.response?.ok ? undefined : (detail?.message ?? 'It was refused.')];
}
`;
