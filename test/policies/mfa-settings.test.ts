import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/http/hal/links.js';
import { managedView, viewSchema } from '../../src/http/managed/view.js';
import { mfaSettingsDefinition } from '../../src/http/routes/mfa-settings.js';
import { createValidator, createViewCheck } from '../../src/http/validation.js';
import { putDocument } from '../../src/platform/managed/decide.js';
import { factoryMfaSettings } from '../../src/policies/defaults.js';
import { mfaSettings } from '../../src/policies/mfa-settings.js';
import { MfaSettingsDocument } from '../../src/policies/mfa-settings-document.js';
import { withMember } from './validation.js';
import { createWorld, ENVIRONMENT, NOW, type World } from './world.js';

const links = createLinks('https://api.example.test/v1', 'https://auth.example.test');
const validate = createValidator(MfaSettingsDocument);
const checkView = createViewCheck(viewSchema(mfaSettingsDefinition));

/** What the acceptance tests of a public provider send. */
const full: MfaSettingsDocument = {
  pairing: { maxAllowedDevices: 7, pairingKeyFormat: 'NUMERIC' },
  lockout: { failureCount: 13, durationSeconds: 8 },
  phoneExtensions: { enabled: true },
  users: { mfaEnabled: false },
  authentication: { deviceSelection: 'PROMPT_TO_SELECT' },
};

const replace = (world: World, document: MfaSettingsDocument) =>
  world.run((snapshot) =>
    putDocument(mfaSettings, snapshot, {
      environmentId: ENVIRONMENT,
      id: ENVIRONMENT,
      document: { ...document },
      as: 'either',
    }),
  );

const reset = () =>
  ({ environmentId: ENVIRONMENT, id: ENVIRONMENT, document: mfaSettings.factory?.() ?? {}, as: 'either' }) as const;

function read(world: World) {
  const stored = world.documents.find(({ kind }) => kind === 'mfaSettings');
  if (!stored) throw new TypeError('there are no settings');
  const view = managedView(mfaSettingsDefinition, `/environments/${ENVIRONMENT}/mfaSettings`, stored, links);
  expect(checkView(view)).toEqual([]);
  const { _links, environment, updatedAt, ...document } = view;
  return { envelope: { _links, environment, updatedAt }, document };
}

describe('mfaSettings', () => {
  it('show the factory values in a new environment, and no lockout', () => {
    expect(read(createWorld())).toEqual({
      envelope: {
        _links: {
          self: { href: `https://api.example.test/v1/environments/${ENVIRONMENT}/mfaSettings` },
          environment: { href: `https://api.example.test/v1/environments/${ENVIRONMENT}` },
        },
        environment: { id: ENVIRONMENT },
        updatedAt: '2031-05-04T10:20:30.123Z',
      },
      document: { ...factoryMfaSettings() },
    });
  });

  it('come back as they were sent; a lockout that is not sent is gone', () => {
    const world = createWorld();
    world.now = NOW + 1000;
    expect(replace(world, full)).toMatchObject({ ok: true, value: { body: { lockout: full.lockout } } });
    expect(JSON.stringify(read(world).document)).toBe(JSON.stringify(full));
    expect(read(world).envelope.updatedAt).toBe('2031-05-04T10:20:31.123Z');
    const { lockout: _, ...open } = full;
    replace(world, open);
    expect(read(world).document).toEqual(open);
  });

  it('come back without what was not sent, but for the device selection', () => {
    const world = createWorld();
    replace(world, { lockout: { failureCount: 3 } });
    expect(read(world).document).toEqual({
      lockout: { failureCount: 3 },
      authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
    });
    replace(world, { authentication: {} });
    expect(read(world).document).toEqual({ authentication: { deviceSelection: 'DEFAULT_TO_FIRST' } });
  });

  it('are the factory values again after a reset', () => {
    const world = createWorld();
    replace(world, full);
    world.run((snapshot) => putDocument(mfaSettings, snapshot, reset()));
    expect(read(world).document).toEqual({ ...factoryMfaSettings() });
  });

  it('SEC-45: are not changed by read-only or unknown members', () => {
    const world = createWorld();
    const sent = { ...full, id: 'x', environment: { id: 'x' }, updatedAt: 'x', pairing: { ...full.pairing, extra: 1 } };
    replace(world, sent);
    expect(read(world).document).toEqual(full);
  });

  it('do not exist without an environment', () => {
    const nowhere = { now: NOW, devices: [], documents: [] };
    expect(putDocument(mfaSettings, nowhere, reset())).toEqual({
      writes: [],
      outcome: { ok: false, rejection: { kind: 'EnvironmentNotFound', environmentId: ENVIRONMENT } },
    });
  });

  it.each([
    ['pairing', 1, { code: 'INVALID_VALUE' }],
    [
      'pairing.maxAllowedDevices',
      0,
      { code: 'OUT_OF_RANGE', innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 } },
    ],
    [
      'pairing.maxAllowedDevices',
      16,
      { code: 'OUT_OF_RANGE', innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 } },
    ],
    ['pairing.maxAllowedDevices', '5', { code: 'INVALID_VALUE' }],
    ['pairing.maxAllowedDevices', 1.5, { code: 'INVALID_VALUE' }],
    [
      'pairing.pairingKeyFormat',
      'HEX',
      { code: 'INVALID_VALUE', innerError: { allowedValues: ['NUMERIC', 'ALPHANUMERIC'] } },
    ],
    ['lockout', [], { code: 'INVALID_VALUE' }],
    ['lockout.failureCount', undefined, { code: 'REQUIRED_VALUE' }],
    ['lockout.failureCount', -1, { code: 'OUT_OF_RANGE' }],
    ['lockout.failureCount', true, { code: 'INVALID_VALUE' }],
    ['lockout.durationSeconds', -1, { code: 'OUT_OF_RANGE' }],
    ['lockout.durationSeconds', 2 ** 31, { code: 'OUT_OF_RANGE' }],
    ['phoneExtensions.enabled', 'yes', { code: 'INVALID_VALUE' }],
    ['users.mfaEnabled', 0, { code: 'INVALID_VALUE' }],
    [
      'authentication.deviceSelection',
      'ALWAYS_DISPLAY_DEVICES',
      { code: 'INVALID_VALUE', innerError: { allowedValues: ['DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT'] } },
    ],
  ])('%s is not %j', (target, value, detail) => {
    expect(validate(full)).toEqual([]);
    expect(validate(withMember(full, target, value))).toMatchObject([{ ...detail, target }]);
  });

  it.each([
    ['pairing.maxAllowedDevices', 1],
    ['pairing.maxAllowedDevices', 15],
    ['lockout.failureCount', 0],
    ['lockout.durationSeconds', 0],
    ['lockout.durationSeconds', undefined],
    ['lockout', undefined],
    ['pairing', undefined],
    ['phoneExtensions', undefined],
    ['users', undefined],
    ['authentication', undefined],
  ])('%s may be %j', (target, value) => {
    expect(validate(withMember(full, target, value))).toEqual([]);
  });
});
