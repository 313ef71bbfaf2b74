import { describe, expect, it } from 'vitest';
import { notificationsOf } from '../../src/config/phone-accounts.js';
import { Redacted } from '../../src/kernel/sealed.js';

function read(
  accounts: string | undefined,
  sender = 'noreply@example.org',
  more: { 'spf-record'?: string; 'dns-servers'?: readonly string[] } = {},
) {
  const complaints: string[] = [];
  const value = notificationsOf(
    {
      'sender-address': sender,
      'spf-record': 'v=spf1 include:relay.example.org ~all',
      'dns-servers': undefined,
      ...more,
      'phone-accounts': accounts === undefined ? undefined : new Redacted(accounts),
    },
    (name, what, remedy) => complaints.push(`${name} ${what} ${remedy}`),
  );
  return { value, complaints };
}

const account = {
  provider: 'CUSTOM_TWILIO',
  sid: 'AC1',
  authToken: 'a-token-of-the-account',
  numbers: [{ number: '+15125550100', type: 'PHONE_NUMBER', capabilities: ['SMS', 'FAX'] }],
};

describe('phone accounts', () => {
  it('are read, their tokens not to be printed', () => {
    const { value, complaints } = read(JSON.stringify([account, { provider: 'CUSTOM_SYNIVERSE', authToken: 'x' }]));
    expect(complaints).toEqual([]);
    expect(value.phoneAccounts).toMatchObject([
      { provider: 'CUSTOM_TWILIO', sid: 'AC1', numbers: [{ number: '+15125550100', capabilities: ['SMS'] }] },
      { provider: 'CUSTOM_SYNIVERSE', numbers: [] },
    ]);
    expect(value.phoneAccounts[0]?.authToken.reveal()).toBe('a-token-of-the-account');
    expect(JSON.stringify(value)).not.toContain('a-token-of-the-account');
    expect(read(undefined).value.phoneAccounts).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['no array', JSON.stringify(account)],
    ['an account of nobody', JSON.stringify([{ ...account, provider: 'SOMEBODY' }])],
    ['no token', JSON.stringify([{ ...account, authToken: '' }])],
    ['Twilio without a sid', JSON.stringify([{ ...account, sid: undefined }])],
    ['Syniverse with one', JSON.stringify([{ ...account, provider: 'CUSTOM_SYNIVERSE' }])],
    ['a number without a type', JSON.stringify([{ ...account, numbers: [{ number: '1', capabilities: ['SMS'] }] }])],
    ['a number that does nothing', JSON.stringify([{ ...account, numbers: [{ number: '1', type: 'SHORT_CODE' }] }])],
  ])('are complained of when they are %s, and no token is repeated', (_name, text) => {
    const { complaints } = read(text);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/^phone-accounts /);
    expect(complaints[0]).not.toContain('a-token-of-the-account');
  });

  it('go with a sender that is an address', () => {
    expect(read(undefined, 'nobody').complaints[0]).toMatch(/^sender-address /);
  });
});
