import { describe, expect, it } from 'vitest';
import { createNumberRules, loadNumberingPlans } from '../../src/devices/numbering.js';
import { parsePhone } from '../../src/devices/sending/contact.js';
import { startPostern } from '../helpers/postern.js';

const phone = (text: string) => {
  const parsed = parsePhone(text);
  if (!parsed) throw new Error(`no number: ${text}`);
  return parsed;
};

describe('numbers by their numbering plans (SEC-37)', () => {
  it.each([
    ['+14155550123', 'US'],
    ['+12046661234', 'CA'],
    ['+18762201234', 'JM'],
    ['+442079460018', 'GB'],
    ['+33199000171', 'FR'],
    ['+77012345678', 'KZ'],
    ['+79161234567', 'RU'],
  ])('%s is of %s: shared codes are told apart', async (number, country) => {
    expect((await loadNumberingPlans()).placeOf(phone(number)).country).toBe(country);
  });

  it.each([
    ['+19005550123', 'premium'],
    ['+449098790879', 'premium'],
    ['+979123456789', 'premium'],
    ['+491801123456', 'shared-cost'],
    ['+18005550123', 'toll-free'],
    ['+80012345678', 'toll-free'],
    ['+442079460018', 'ordinary'],
    ['+14155550123', 'ordinary'],
  ])('%s is %s', async (number, type) => {
    expect((await loadNumberingPlans()).placeOf(phone(number)).type).toBe(type);
  });

  it('have one form: a trunk prefix after the country code is no part of the number', async () => {
    const plans = await loadNumberingPlans();
    expect(plans.placeOf(phone('+44 (0)20 7946 0018')).number).toBe('+442079460018');
    expect(plans.placeOf(phone('+442079460018')).number).toBe('+442079460018');
  });

  it('that no plan knows stay what they are (20 §5)', async () => {
    const rules = createNumberRules(['premium']);
    expect(await rules.judge(phone('+9991234567'))).toEqual({
      place: { number: '+9991234567', type: 'ordinary' },
      isRefused: false,
    });
  });
});

describe('numbers of a refused type', () => {
  const start = (types: string) => startPostern({ env: { POSTERN_REFUSED_NUMBER_TYPES: types } });
  const oneTime = (postern: Awaited<ReturnType<typeof start>>, userId: string, number: string, testMode = false) =>
    postern.send({
      method: 'POST',
      url: `${postern.authPath}/${postern.environmentId}/deviceAuthentications`,
      contentType: 'application/json',
      body: JSON.stringify({
        user: { id: userId },
        selectedDevice: { oneTime: { type: 'SMS', phone: number, testMode } },
      }),
    });
  const pair = (postern: Awaited<ReturnType<typeof start>>, userId: string, number: string) =>
    postern.send({
      method: 'POST',
      url: `${postern.apiPath}/environments/${postern.environmentId}/users/${userId}/devices`,
      contentType: 'application/json',
      body: JSON.stringify({ type: 'SMS', phone: number }),
    });
  async function addUser(postern: Awaited<ReturnType<typeof start>>): Promise<string> {
    const { body } = await postern.send({
      method: 'POST',
      url: `${postern.apiPath}/environments/${postern.environmentId}/users`,
      contentType: 'application/json',
      body: JSON.stringify({ username: 'nora', email: 'nora@example.org', mfaEnabled: true }),
    });
    return (body as { id: string }).id;
  }

  it('are neither paired nor sent to, with the answer of a country that is not (10 §9.6)', async () => {
    await using postern = await start('premium,toll-free');
    const user = await addUser(postern);
    const refused = await oneTime(postern, user, '+19005550123');
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      code: 'INVALID_DATA',
      details: [{ code: 'INVALID_VALUE', target: 'selectedDevice.oneTime.phone' }],
    });
    const unpaired = await pair(postern, user, '+1 (800) 555-0123');
    expect(unpaired.body).toMatchObject({
      code: 'INVALID_DATA',
      details: [{ code: 'INVALID_VALUE', target: 'phone' }],
    });
    expect((await oneTime(postern, user, '+442079460018')).status).toBe(201);
    // Nothing is sent in test mode, so nothing is asked of the number.
    expect((await oneTime(postern, user, '+19005550123', true)).status).toBe(201);
  });

  it('are told from others by the one form of the number, which is what is kept', async () => {
    await using postern = await start('premium');
    const user = await addUser(postern);
    const paired = await pair(postern, user, '+44 (0)20 7946 0018');
    expect(paired.body).toMatchObject({ phone: '+442079460018' });
    expect((await pair(postern, user, '+442079460018')).body).toMatchObject({
      details: [{ code: 'UNIQUENESS_VIOLATION', target: 'phone' }],
    });
  });

  it('are not looked for in development, where every number stays as it was written', async () => {
    await using postern = await startPostern();
    const user = await addUser(postern);
    expect((await pair(postern, user, '+19005550123')).status).toBe(201);
    expect((await pair(postern, user, '+44 (0)20 7946 0018')).body).toMatchObject({ phone: '+4402079460018' });
  });
});
