/** What every run of "Try it" has in common: where the server is, what is known so far, the steps that all runs take. */
export const SESSION = String.raw`
import { element, field } from './dom.js';
import { perform } from './exchange.js';

/**
 * A run over what is known so far: token, flow. A step's run resolves with the exchange and a text that says why it cannot go on, if
 * it cannot. Both base URLs begin where this page does.
 */
export function createSession(settings) {
  const root = location.origin + location.pathname.replace(/\/inbox\/?$/, '');
  const auth = root + '/' + settings.environmentId;
  const api = root + '/v1/environments/' + settings.environmentId;
  const known = {};
  const flowUrl = () => auth + '/deviceAuthentications/' + known.id;
  const bearer = () => ({ Authorization: 'Bearer ' + known.token });

  const tokenStep = {
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
  };

  /** Submits what the field holds, or what whenEmpty gives. */
  const submitStep = (code, text, whenEmpty) => ({
    title: 'Submit the code',
    text,
    action: 'Submit',
    fields: [field('Code', code)],
    async run() {
      if (code.value === '' && whenEmpty) code.value = await whenEmpty();
      const exchange = await perform({
        method: 'POST',
        url: flowUrl(),
        headers: { ...bearer(), 'Content-Type': 'application/vnd.pingidentity.otp.check+json' },
        body: JSON.stringify({ otp: code.value.trim() }, undefined, 2),
      });
      return [exchange, refusalIn(exchange)];
    },
  });

  const readStep = {
    title: 'See it completed',
    text: 'The backend may read the authentication again before it signs the user on.',
    action: 'Read',
    async run() {
      const exchange = await perform({ method: 'GET', url: flowUrl(), headers: bearer() });
      known.status = exchange.json?.status;
      return [exchange, known.status === 'COMPLETED' ? undefined : 'The status is ' + (known.status ?? 'unknown') + '.'];
    },
    result: () => element('p', { class: 'completed' }, known.status),
  };

  return { auth, api, known, bearer, tokenStep, submitStep, readStep };
}

/** Why a code was refused, as the answer says. */
export function refusalIn({ response, json }) {
  if (response?.ok) return undefined;
  const detail = json?.details?.[0];
  const left = detail?.innerError?.attemptsRemaining;
  return (detail?.message ?? 'The code was refused.') + (left === undefined ? '' : ' Attempts remaining: ' + left + '.');
}
`;
