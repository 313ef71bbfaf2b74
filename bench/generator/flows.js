import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { post } from './connection.js';

/**
 * A flow makes one MFA: `begin()` returns the first request and what to remember of it, or `undefined` when there is nothing left
 * to begin; `proceed(state, status, head, body)` takes a response and returns the next request, `true` (completed) or `false`
 * (not what a right code must be answered with).
 */
export function flowOf(plan) {
  return plan.flow.kind === 'twoFactor' ? twoFactor(plan) : deviceAuthentication(plan);
}

/** Create (test mode, so that the answer brings the code) → check with the code → COMPLETED. */
function deviceAuthentication({ host, port, flow }) {
  const { path, token, user, users } = flow;
  const at = { host, port };
  const authorization = { Authorization: `Bearer ${token}` };
  const create = (body) =>
    post(at, path, { ...authorization, 'Content-Type': 'application/json' }, JSON.stringify(body));
  const oneTime = create({
    user: { id: user },
    selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150', testMode: true } },
  });
  const paired = () => {
    const { id, device } = seededUser(Math.floor(Math.random() * users));
    return create({ user: { id }, selectedDevice: { id: device } });
  };
  const checkHeaders = { ...authorization, 'Content-Type': 'application/vnd.pingidentity.otp.check+json' };
  return {
    begin: () => ({ request: users === undefined ? oneTime : paired(), checking: false }),
    proceed(state, status, _head, body) {
      if (state.checking) return status === '200' && body.includes('"status":"COMPLETED"');
      const id = /"id":"([0-9a-f-]{36})","(?:environment|status)"/.exec(body)?.[1];
      const otp = /"test":\{"otp":"(\d+)"/.exec(body)?.[1];
      if (status !== '201' || !id || !otp) return false;
      state.checking = true;
      return post(at, `${path}/${id}`, checkHeaders, `{"otp":"${otp}"}`);
    },
  };
}

/**
 * The user of `bench growth` with this number and one of the devices, whichever process asks. Ids lie all over the key, as those
 * of real users do.
 */
export function seededUser(number) {
  return { id: idOf(`user ${number}`), device: idOf(`device ${number} 0`) };
}

/** A version 8 UUID (RFC 9562 §5.8), always the same for the same name. */
export function idOf(name) {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * better-auth's second step of a sign-in: the cookie that says "password was right" → send-otp → verify-otp → session. The server
 * under test hands out the code in a header in place of sending it (`peer/server.js`).
 */
function twoFactor({ host, port, flow }) {
  const at = { host, port };
  const cookies = JSON.parse(readFileSync(flow.cookies, 'utf8'));
  const headersOf = (cookie) => ({
    Origin: `http://${host}:${port}`,
    Cookie: cookie,
    'Content-Type': 'application/json',
  });
  return {
    begin() {
      const cookie = cookies.pop();
      return cookie && { request: post(at, `${flow.path}/send-otp`, headersOf(cookie), '{}'), cookie, checking: false };
    },
    proceed(state, status, head, body) {
      if (state.checking) return status === '200' && body.includes('"token":"') && /session_token=/.test(head);
      const code = /x-bench-otp: (\d+)/i.exec(head)?.[1];
      if (status !== '200' || !code) return false;
      state.checking = true;
      return post(at, `${flow.path}/verify-otp`, headersOf(state.cookie), `{"code":"${code}"}`);
    },
  };
}
