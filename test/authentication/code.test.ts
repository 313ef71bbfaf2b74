import { describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { type CodeBinding, DRAWN_DIGITS, digestCode, isExpired, issueCode, matchesCode } from '../../src/otp/code.js';

const keyring = (fill: number) => createKeyring(new Redacted(Buffer.alloc(32, fill))).digests;
const digests = keyring(1);
const binding: CodeBinding = {
  environmentId: 'e',
  subject: 'flow',
  device: 'device',
  purpose: 'authentication',
  sendNumber: 3,
};
const issue = (digits: string, length = 6) =>
  issueCode(digits, binding, { length, lifeTime: minutes(10), epoch: 2 }, 1_000, digests);

describe('a code', () => {
  it.each([6, 7, 8, 9, 10])('of %i digits keeps its leading zeros (SEC-03)', (length) => {
    const { code, issued } = issue('0012345678', length);
    expect(code).toBe('0012345678'.slice(0, length));
    expect(issued.length).toBe(length);
    expect(length).toBeLessThanOrEqual(DRAWN_DIGITS);
  });

  it('is kept as a keyed digest: neither it nor a plain hash of it is there (SEC-04)', () => {
    const { code, issued } = issue('1234567890');
    expect(JSON.stringify(issued)).not.toContain(code);
    expect(issued.digest).not.toBe(digestCode(code, binding, keyring(2)));
  });

  it('matches itself, and nothing else', () => {
    const { code, issued } = issue('1234567890');
    expect(matchesCode(code, binding, issued, digests)).toBe(true);
    for (const other of ['123457', '12345', '1234567', ' 123456', ''])
      expect(matchesCode(other, binding, issued, digests)).toBe(false);
  });

  it.each<[keyof CodeBinding, CodeBinding]>([
    ['environmentId', { ...binding, environmentId: 'f' }],
    ['subject', { ...binding, subject: 'other' }],
    ['device', { ...binding, device: 'other' }],
    ['purpose', { ...binding, purpose: 'pairing' }],
    ['sendNumber', { ...binding, sendNumber: 4 }],
  ])('is valid for one %s only (SEC-06)', (_part, elsewhere) => {
    const { code, issued } = issue('1234567890');
    expect(matchesCode(code, elsewhere, issued, digests)).toBe(false);
  });

  it('has parts that cannot run into one another', () => {
    expect(digestCode('123456', { ...binding, environmentId: 'ef', subject: 'low' }, digests)).not.toBe(
      digestCode('123456', { ...binding, environmentId: 'e', subject: 'flow' }, digests),
    );
  });

  it('lives to the last millisecond of its lifetime (10 §9.2)', () => {
    const { issued } = issue('1234567890');
    expect(isExpired(issued, 1_000 + minutes(10))).toBe(false);
    expect(isExpired(issued, 1_001 + minutes(10))).toBe(true);
  });
});
