import type { IncomingMessage } from 'node:http';
import type { Inbox } from '../../src/inbox/service.js';
import { random, sms } from './world.js';

export const ENVIRONMENT = random.uuid();
export const USER = random.uuid();
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl';

interface Flow {
  readonly id: string;
  readonly otp: string;
  status: string;
  attemptsRemaining: number;
}

/** As much of the API as the page's "Try it" panel calls; the code of each flow goes to the inbox. */
export function standInApi(inbox: Inbox) {
  const flows = new Map<string, Flow>();
  const view = ({ id, status }: Flow, extra: object = {}) => ({
    _links: { self: { href: `https://auth.example/${ENVIRONMENT}/deviceAuthentications/${id}` } },
    _embedded: { devices: [{ type: 'SMS', phone: '*******67' }] },
    id,
    environment: { id: ENVIRONMENT },
    status,
    user: { id: USER },
    ...extra,
  });

  return (request: IncomingMessage, text: string): { status: number; body: unknown } => {
    const path = (request.url ?? '').replace(`/${ENVIRONMENT}`, '');
    if (path === '/as/token')
      return { status: 200, body: { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 } };
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { code: 'ACCESS_FAILED' } };
    if (path === '/deviceAuthentications') {
      const body = JSON.parse(text);
      const id = random.uuid();
      const flow: Flow = { id, otp: random.digits(6), status: 'OTP_REQUIRED', attemptsRemaining: 3 };
      flows.set(flow.id, flow);
      const { type = 'EMAIL', phone, email = 'jane@example.com' } = body.selectedDevice.oneTime ?? {};
      inbox.deliver(
        sms({
          channel: type,
          to: phone ?? email,
          otp: flow.otp,
          text: `Your sign-on code is ${flow.otp}.`,
          deviceAuthenticationId: id,
          createdAt: Date.now(),
          deadline: Date.now() + 1_800_000,
        }),
      );
      return { status: 201, body: view(flow) };
    }
    const flow = flows.get(path.split('/').at(-1) ?? '');
    if (!flow) return { status: 404, body: { code: 'NOT_FOUND' } };
    if (request.method === 'GET') return { status: 200, body: view(flow, { authenticators: ['mfa', 'sms'] }) };
    if (JSON.parse(text).otp !== flow.otp) {
      flow.attemptsRemaining -= 1;
      const innerError = { attemptsRemaining: flow.attemptsRemaining };
      const detail = { code: 'INVALID_OTP', target: 'otp', message: 'Invalid OTP provided.', innerError };
      return { status: 400, body: { id: random.uuid(), code: 'INVALID_DATA', message: 'refused', details: [detail] } };
    }
    flow.status = 'COMPLETED';
    return { status: 200, body: view(flow, { authenticators: ['mfa', 'sms'] }) };
  };
}
