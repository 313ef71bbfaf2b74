import { expect, it } from 'vitest';
import { acceptSiblings } from '../../src/app/sibling-tokens.js';
import type { BaseUrls } from '../../src/config/config.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/platform/model.js';

const ID = uuidOf('11111111-1111-1111-1111-111111111111');
const ACTOR: Actor = { kind: 'worker', applicationId: ID, environmentId: ID, roles: [] };

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (iss: unknown): string =>
  `${encode({ alg: 'ES256' })}.${encode({ iss })}.${Buffer.alloc(64).toString('base64url')}`;

/** Which realms a token was checked against, by the API's base URL. */
async function realmsAsked(iss: unknown): Promise<readonly string[]> {
  const asked: string[] = [];
  const authenticatorOf = ({ apiPath }: BaseUrls) => ({
    async authenticate() {
      asked.push(apiPath);
      return ACTOR;
    },
  });
  const own = { authenticate: async () => undefined };
  const actor = await acceptSiblings(own, authenticatorOf).authenticate(tokenOf(iss));
  expect(actor === ACTOR).toBe(asked.length > 0);
  return asked;
}

it('a token of a server on this machine is checked against the address it names', async () => {
  expect(await realmsAsked(`http://127.0.0.1:4711/${ID}/as`)).toEqual(['http://127.0.0.1:4711/v1']);
  expect(await realmsAsked(`http://[::1]:4711/${ID}/as`)).toEqual(['http://[::1]:4711/v1']);
  expect(await realmsAsked(`https://127.0.0.1:4711/${ID}/as`)).toEqual(['https://127.0.0.1:4711/v1']);
  expect(await realmsAsked(`https://localhost/${ID}/as`)).toEqual(['https://localhost/v1']);
});

it.each([
  'https://127.0.0.1.evil.example/x/as',
  'http://10.0.0.1:4711/x/as',
  'http://127.0.0.1.evil.example:1/x/as',
  'http://127.0.0.1:4711@evil.example/x/as',
  'http://evil.example:4711/x/as',
  '',
  7,
  undefined,
])('a token of %s is not (SEC-48)', async (iss) => {
  expect(await realmsAsked(iss)).toEqual([]);
});

it('what is not a token is not looked at', async () => {
  const own = { authenticate: async () => undefined };
  const never = () => {
    throw new Error('asked');
  };
  expect(await acceptSiblings(own, never).authenticate('nonsense')).toBeUndefined();
});
