import { describe, expect, it } from 'vitest';
import { createDispatcher } from '../../src/http/dispatch.js';
import { createLinks } from '../../src/http/hal/links.js';
import { JSON_TYPE, vnd } from '../../src/http/route.js';
import { deviceAuthenticationPoliciesRoutes } from '../../src/http/routes/device-authentication-policies.js';
import { mfaSettingsRoutes } from '../../src/http/routes/mfa-settings.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createManagedService } from '../../src/platform/managed/service.js';
import type { RoleName } from '../../src/platform/model.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import { createPolicyService } from '../../src/policies/service.js';
import { openTestStore } from '../helpers/store.js';
import { branchStaff, fullPolicy } from './documents.js';
import { DEFAULT_POLICY, ENVIRONMENT, newEnvironment, policies, policyId } from './world.js';

const API = 'https://api.example.test/v1';
const AUTH = 'https://auth.example.test';
const ENVIRONMENT_URL = `${API}/environments/${ENVIRONMENT}`;
const POLICIES = `${ENVIRONMENT_URL}/deviceAuthenticationPolicies`;
const SETTINGS = `${ENVIRONMENT_URL}/mfaSettings`;
const MIGRATE = vnd('deviceAuthenticationPolicy.fido2.migrate');
const { organizationId } = newEnvironment();

/** The routes behind the real checks, on a SQLite database; the bearer token names the caller's role. */
async function openApi() {
  const opened = await openTestStore();
  const { store, random, keyring } = opened;
  await store.transact({ environmentId: ENVIRONMENT }, ({ now }) => ({
    writes: provisionEnvironment(newEnvironment(), now),
    outcome: undefined,
  }));
  const events = { emit() {} };
  const service = createManagedService({ store, random, events, vault: keyring.vault, digests: { cursor: () => '' } });
  const dispatcher = createDispatcher({
    routes: [
      ...deviceAuthenticationPoliciesRoutes(policies, service, createPolicyService({ store, events })),
      ...mfaSettingsRoutes(service),
    ],
    tokens: {
      authenticate: async (token) => ({
        kind: 'worker',
        applicationId: policyId(50),
        environmentId: ENVIRONMENT,
        roles: [{ role: ROLES[token] ?? 'Identity Data Admin', scope: { type: 'ORGANIZATION', id: organizationId } }],
      }),
    },
    environments: {
      organizationOf: async (id) => (await store.load({ environmentId: id })).environment?.organizationId,
      environmentOf: () => undefined,
    },
    links: createLinks(API, AUTH),
    apiPath: API,
    authPath: AUTH,
    logger: silentLogger,
    development: true,
  });
  const send = async (method: string, url: string, body?: unknown, options: { type?: string; token?: string } = {}) => {
    const { type = JSON_TYPE, token = 'admin' } = options;
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = type;
    const admission = await dispatcher.admit({
      method,
      url: new URL(url).pathname,
      header: (name) => headers[name],
      correlationId: uuidOf('00000000-0000-4000-8000-00000000c0de'),
      source: '127.0.0.1',
      signal: () => new AbortController().signal,
    });
    const answer =
      admission.kind === 'answered'
        ? admission.answer
        : await dispatcher.perform(admission, Buffer.from(body === undefined ? '' : JSON.stringify(body)));
    return { status: answer.status, body: answer.body === undefined ? undefined : JSON.parse(String(answer.body)) };
  };
  return { send, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const ROLES: Readonly<Record<string, RoleName>> = { admin: 'Environment Admin', reader: 'Configuration Read Only' };

const invalidData = {
  code: 'INVALID_DATA',
  message: 'The request could not be completed. One or more validation errors were in the request.',
};
const notFound = {
  status: 404,
  body: {
    id: '00000000-0000-4000-8000-00000000c0de',
    code: 'NOT_FOUND',
    message: 'The request could not be completed. The requested resource was not found.',
  },
};

describe('deviceAuthenticationPolicies', () => {
  it('answers the reference’s example with the document and the server’s members', async () => {
    await using api = await openApi();
    const created = await api.send('POST', POLICIES, branchStaff());
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect(created.body).toEqual({
      ...branchStaff(),
      _links: { self: { href: `${POLICIES}/${id}` }, environment: { href: ENVIRONMENT_URL } },
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      environment: { id: ENVIRONMENT },
      forSignOnPolicy: false,
      updatedAt: '2026-11-22T09:00:00.000Z',
    });
    expect(await api.send('GET', `${POLICIES}/${id}`)).toEqual({ status: 200, body: created.body });
    expect(await api.send('PUT', `${POLICIES}/${id}`, created.body)).toEqual({ status: 200, body: created.body });
    expect(await api.send('GET', POLICIES)).toMatchObject({
      status: 200,
      body: {
        _links: { self: { href: POLICIES }, environment: { href: ENVIRONMENT_URL } },
        _embedded: { deviceAuthenticationPolicies: [{ id: DEFAULT_POLICY, default: true }, created.body] },
        count: 2,
        size: 2,
      },
    });
    expect(await api.send('DELETE', `${POLICIES}/${id}`)).toEqual({ status: 204, body: undefined });
    expect(await api.send('GET', `${POLICIES}/${id}`)).toEqual(notFound);
  });

  it('counts members that are null as not sent', async () => {
    await using api = await openApi();
    const { body } = await api.send('POST', POLICIES, {
      ...branchStaff(),
      whatsApp: null,
      notificationsPolicy: null,
      fido2: { enabled: true, fido2PolicyId: null },
    });
    expect(body).toMatchObject({ fido2: { enabled: true } });
    expect(body).not.toHaveProperty('whatsApp');
    expect(body).not.toHaveProperty('notificationsPolicy');
    expect(body.fido2).not.toHaveProperty('fido2PolicyId');
  });

  it('refuses a bad document with one detail per field, and stores nothing', async () => {
    await using api = await openApi();
    const bad = { ...branchStaff(), name: 7, sms: { enabled: true }, default: undefined };
    const { status, body } = await api.send('POST', POLICIES, bad);
    expect(status).toBe(400);
    expect(body).toMatchObject(invalidData);
    expect(body.details).toEqual([
      { code: 'REQUIRED_VALUE', target: 'default', message: 'is required' },
      { code: 'INVALID_VALUE', target: 'name', message: 'must be a string' },
      { code: 'REQUIRED_VALUE', target: 'sms.otp', message: 'is required' },
    ]);
    const range = await api.send('PUT', `${POLICIES}/${DEFAULT_POLICY}`, {
      ...branchStaff(),
      totp: { enabled: true, otp: { failure: { count: 3, coolDown: { duration: 31, timeUnit: 'MINUTES' } } } },
    });
    expect(range).toMatchObject({
      status: 400,
      body: {
        ...invalidData,
        details: [
          {
            code: 'OUT_OF_RANGE',
            target: 'totp.otp.failure.coolDown.duration',
            message: 'must be between 1 and 30',
            innerError: { rangeMinimumValue: 1, rangeMaximumValue: 30 },
          },
        ],
      },
    });
    expect((await api.send('GET', POLICIES)).body.count).toBe(1);
  });

  it('names what a reference refers to, and that it is not there', async () => {
    await using api = await openApi();
    const { status, body } = await api.send('POST', POLICIES, {
      ...fullPolicy(),
      notificationsPolicy: { id: policyId(5) },
    });
    expect(status).toBe(400);
    expect(body.details).toEqual([
      {
        code: 'INVALID_VALUE',
        target: 'notificationsPolicy.id',
        message: 'must be the id of a notification policy of this environment',
      },
      {
        code: 'INVALID_VALUE',
        target: 'mobile.applications[0].id',
        message: 'must be the id of a native application of this environment',
      },
    ]);
  });

  it('says which policy has the name', async () => {
    await using api = await openApi();
    const answer = await api.send('POST', POLICIES, { ...branchStaff(), name: 'Default MFA Policy' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        ...invalidData,
        details: [{ code: 'UNIQUENESS_VIOLATION', target: 'name', innerError: { existingId: DEFAULT_POLICY } }],
      },
    });
  });

  it('moves the default, then lets the former one go', async () => {
    await using api = await openApi();
    const refused = await api.send('DELETE', `${POLICIES}/${DEFAULT_POLICY}`);
    expect(refused).toMatchObject({ status: 400, body: { code: 'REQUEST_FAILED' } });
    expect(refused.body.details).toEqual([
      { code: 'CONSTRAINT_VIOLATION', message: 'Cannot remove default device authentication policy' },
    ]);
    const cleared = await api.send('PUT', `${POLICIES}/${DEFAULT_POLICY}`, branchStaff());
    expect(cleared).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'CONSTRAINT_VIOLATION', target: 'default' }] },
    });
    const { body } = await api.send('POST', POLICIES, branchStaff());
    expect(await api.send('PUT', `${POLICIES}/${body.id}`, { ...branchStaff(), default: true })).toMatchObject({
      status: 200,
      body: { default: true },
    });
    expect((await api.send('GET', `${POLICIES}/${DEFAULT_POLICY}`)).body.default).toBe(false);
    expect((await api.send('DELETE', `${POLICIES}/${DEFAULT_POLICY}`)).status).toBe(204);
  });

  it('migrates by media type: nothing, and nothing to a policy that does not exist', async () => {
    await using api = await openApi();
    const none = { _embedded: { deviceAuthenticationPolicies: [] }, count: 0, size: 0 };
    expect(await api.send('POST', POLICIES, {}, { type: MIGRATE })).toMatchObject({ status: 200, body: none });
    const migrationData = [{ deviceAuthenticationPolicyId: DEFAULT_POLICY, fido2PolicyId: policyId(5) }];
    expect(await api.send('POST', POLICIES, { migrationData }, { type: MIGRATE })).toMatchObject({
      status: 400,
      body: { ...invalidData, details: [{ code: 'INVALID_VALUE', target: 'migrationData[0].fido2PolicyId' }] },
    });
    expect((await api.send('POST', POLICIES, {}, { type: vnd('other') })).status).toBe(415);
  });

  it('does not find what is not there', async () => {
    await using api = await openApi();
    for (const id of [policyId(9), 'x'])
      for (const [method, body] of [['GET'], ['PUT', branchStaff()], ['DELETE']] as const)
        expect(await api.send(method, `${POLICIES}/${id}`, body), `${method} ${id}`).toEqual(notFound);
    const elsewhere = `${API}/environments/${policyId(9)}/deviceAuthenticationPolicies`;
    expect(await api.send('GET', elsewhere)).toMatchObject({
      status: 404,
      body: { message: `Unable to find environment with ID: '${policyId(9)}'` },
    });
  });

  it('SEC-44: is read by readers, written by administrators, and closed to others', async () => {
    await using api = await openApi();
    const statuses = async (token: string) => [
      (await api.send('GET', POLICIES, undefined, { token })).status,
      (await api.send('POST', POLICIES, { ...branchStaff(), name: token }, { token })).status,
      (await api.send('GET', SETTINGS, undefined, { token })).status,
      (await api.send('PUT', SETTINGS, {}, { token })).status,
      (await api.send('DELETE', SETTINGS, undefined, { token })).status,
    ];
    expect(await statuses('admin')).toEqual([200, 201, 200, 200, 200]);
    expect(await statuses('reader')).toEqual([200, 403, 200, 403, 403]);
    expect(await statuses('other')).toEqual([403, 403, 403, 403, 403]);
  });
});

describe('mfaSettings', () => {
  it('are read, replaced and reset', async () => {
    await using api = await openApi();
    const envelope = {
      _links: { self: { href: SETTINGS }, environment: { href: ENVIRONMENT_URL } },
      environment: { id: ENVIRONMENT },
      updatedAt: '2026-11-22T09:00:00.000Z',
    };
    const authentication = { deviceSelection: 'DEFAULT_TO_FIRST' };
    const factory = {
      ...envelope,
      pairing: { maxAllowedDevices: 5, pairingKeyFormat: 'ALPHANUMERIC' },
      phoneExtensions: { enabled: false },
      users: { mfaEnabled: false },
      authentication,
    };
    expect(await api.send('GET', SETTINGS)).toEqual({ status: 200, body: factory });
    const sent = { pairing: { maxAllowedDevices: 7 }, lockout: { failureCount: 13 }, users: { mfaEnabled: true } };
    expect(await api.send('PUT', SETTINGS, sent)).toEqual({
      status: 200,
      body: { ...envelope, ...sent, authentication },
    });
    expect(await api.send('GET', SETTINGS)).toEqual({ status: 200, body: { ...envelope, ...sent, authentication } });
    expect(await api.send('DELETE', SETTINGS)).toEqual({ status: 200, body: factory });
    expect(await api.send('GET', SETTINGS)).toEqual({ status: 200, body: factory });
  });

  it('refuse values out of range, and stay as they were', async () => {
    await using api = await openApi();
    expect(await api.send('PUT', SETTINGS, { pairing: { maxAllowedDevices: 16 }, lockout: {} })).toMatchObject({
      status: 400,
      body: {
        ...invalidData,
        details: [
          {
            code: 'OUT_OF_RANGE',
            target: 'pairing.maxAllowedDevices',
            message: 'must be between 1 and 15',
            innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 },
          },
          { code: 'REQUIRED_VALUE', target: 'lockout.failureCount' },
        ],
      },
    });
    expect((await api.send('GET', SETTINGS)).body.pairing.maxAllowedDevices).toBe(5);
  });
});
