import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

/**
 * A caller of the management API of a server that was started here: `call(method, path, body?)` returns the decoded answer and
 * rejects, with the answer's text, on any status but 2xx. `token` is the worker's.
 */
export async function signIn({ authPath, apiPath, environmentId, clientId, clientSecret, caFile }) {
  const trust = authPath.startsWith('https:') ? { ca: readFileSync(caFile) } : {};
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  const { access_token: token } = await ask(`${authPath}/${environmentId}/as/token`, {
    ...trust,
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const call = (method, path, body) =>
    ask(`${apiPath}${path}`, {
      ...trust,
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? '' : JSON.stringify(body),
    });
  return { token, call };
}

function ask(url, { body, headers, ...options }) {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const length = { 'content-length': Buffer.byteLength(body) };
    const sent = send(url, { ...options, headers: { ...headers, ...length } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode >= 300) reject(new Error(`${answer.statusCode} ${options.method} ${url} ${text}`));
        else resolve(text === '' ? undefined : JSON.parse(text));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The organization and the licence of the worker's own environment: what a client needs to create others. */
export async function licence({ call }, environmentId) {
  const { organization, license } = await call('GET', `/environments/${environmentId}`);
  return { organizationId: organization?.id, licenseId: license?.id };
}
