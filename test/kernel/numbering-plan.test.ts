import parsePhoneNumber, { type CountryCode } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/metadata.max.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { countryOfPhone, NO_COUNTRY } from '../../src/kernel/numbering-plan.js';

const CALLING_CODES: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
const shared = new Set(['1', '7']);

describe('the country of a phone number', () => {
  it('is that of the calling code, of the largest where several share it', () => {
    for (const [code, [main]] of Object.entries(CALLING_CODES))
      if (!shared.has(code)) expect([code, countryOfPhone(`+${code}123456789`)]).toEqual([code, main]);
  });

  it('tells the countries of +1 apart by their area codes, as the library of record does', () => {
    for (let area = 200; area < 1000; area++) {
      const number = parsePhoneNumber(`+1${area}2345678`);
      if (number?.country) expect([area, countryOfPhone(number.number)]).toEqual([area, number.country]);
    }
  });

  it.each<[string, CountryCode]>([
    ['+77012345678', 'KZ'],
    ['+79161234567', 'RU'],
    ['+74951234567', 'RU'],
  ])('%s is of %s', (number, country) => {
    expect(countryOfPhone(number)).toBe(country);
    expect(parsePhoneNumber(number)?.country).toBe(country);
  });

  it('is one of few values, whatever comes', () => {
    const seen = new Set<string>();
    for (let prefix = 0; prefix < 10_000; prefix++) seen.add(countryOfPhone(`+${prefix}0000000`));
    expect(seen.size).toBeLessThan(250);
    for (const number of ['+8701234567', '+9991234567', '', '+', 'jo@example.org'])
      expect(countryOfPhone(number)).toBe(NO_COUNTRY);
  });
});
