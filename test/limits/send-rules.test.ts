import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import type { NotificationsPolicyDocument } from '../../src/policies/notifications/notifications-policy.js';
import { sendRulesFor, sendRulesOf } from '../../src/policies/notifications/send-rules.js';
import { id } from '../authentication/world.js';

describe('what a notification policy means (30 §5.4)', () => {
  const rulesOf = (document: Partial<NotificationsPolicyDocument>) =>
    sendRulesOf({ name: 'n', default: true, quotas: [], ...document });
  const off = { enabled: false } as const;

  it('nothing where it says nothing', () => {
    expect(rulesOf({})).toEqual({});
    expect(rulesOf({ countryLimit: { type: 'NONE' } })).toEqual({});
    expect(rulesOf({ cooldownConfiguration: { sms: off, voice: off, email: off, whatsApp: off } })).toEqual({});
  });

  it('a quota holds for its methods, under one name however they are written', () => {
    const quota = { scope: 'USER', methods: 'SMS,Voice', limit: { kind: 'total', total: 3 } };
    const rules = rulesOf({ quotas: [{ type: 'USER', deliveryMethods: ['Voice', 'SMS', 'Voice'], total: 3 }] });
    expect(rules).toEqual({ SMS: { quota }, VOICE: { quota } });
    expect(
      rulesOf({ quotas: [{ type: 'ENVIRONMENT', deliveryMethods: ['Email'], claimed: 1, unclaimed: 2 }] }),
    ).toEqual({
      EMAIL: { quota: { scope: 'ENVIRONMENT', methods: 'Email', limit: { kind: 'parts', claimed: 1, unclaimed: 2 } } },
    });
  });

  it('countries limit text messages and calls, unless it says which', () => {
    const countries = { type: 'DENIED', countries: new Set(['US']) };
    expect(rulesOf({ countryLimit: { type: 'DENIED', countries: ['US'] } })).toEqual({
      SMS: { countries },
      VOICE: { countries },
    });
    expect(rulesOf({ countryLimit: { type: 'DENIED', countries: ['US'], deliveryMethods: ['Voice'] } })).toEqual({
      VOICE: { countries },
    });
  });

  it('cool-downs hold for the sections that are on, for ten resends unless it says how many', () => {
    const periods = [1, 2, 3].map((duration) => ({ duration, timeUnit: 'MINUTES' as const }));
    const waits = [1, 2, 3].map(minutes);
    expect(
      rulesOf({
        cooldownConfiguration: {
          sms: { enabled: true, periods, groupBy: 'USER_ID', resendLimit: 2 },
          voice: { ...off, periods },
          email: { enabled: true, periods, groupBy: 'PHONE' },
          whatsApp: { enabled: true, periods },
        },
      }),
    ).toEqual({
      SMS: { resends: { waits, limit: 2, perUser: true } },
      EMAIL: { resends: { waits, limit: 10, perUser: false } },
      WHATSAPP: { resends: { waits, limit: 10, perUser: false } },
    });
  });

  it('of the request, else of the MFA policy, else of the environment; one that is gone is passed over (10 §4.1)', () => {
    const [ofRequest, ofPolicy, ofEnvironment] = (['Email', 'SMS', 'Voice'] as const).map((method) =>
      rulesOf({ quotas: [{ type: 'USER', deliveryMethods: [method], total: 1 }] }),
    );
    if (!ofRequest || !ofPolicy || !ofEnvironment) throw new Error('three policies');
    const sendRules = new Map([
      [id(1), ofRequest],
      [id(2), ofPolicy],
    ]);
    const configuration = { sendRules, defaultSendRules: ofEnvironment };
    expect(sendRulesFor(configuration, { notificationsPolicyId: id(2) }, id(1))).toBe(ofRequest);
    expect(sendRulesFor(configuration, { notificationsPolicyId: id(2) }, id(9))).toBe(ofPolicy);
    expect(sendRulesFor(configuration, { notificationsPolicyId: id(2) }, undefined)).toBe(ofPolicy);
    expect(sendRulesFor(configuration, { notificationsPolicyId: id(9) }, undefined)).toBe(ofEnvironment);
    expect(sendRulesFor(configuration, {}, undefined)).toBe(ofEnvironment);
    expect(sendRulesFor({ sendRules }, {}, undefined)).toBeUndefined();
  });
});
