import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import parsePhoneNumber, { type CountryCode, getExampleNumber } from 'libphonenumber-js/max';
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

  it('tells the countries of other shared codes apart, as the library of record does (SEC-37)', () => {
    // By mobile numbers, which some of them share for good: those are the largest country's.
    const oneRange = new Set(['BL', 'MF', 'VA', 'SJ', 'CC', 'CX', 'EH', 'AX']);
    const countries = Object.keys(examples).filter((country) => !oneRange.has(country)) as CountryCode[];
    expect(countries.length).toBeGreaterThan(220);
    for (const country of countries)
      expect([country, countryOfPhone(getExampleNumber(country, examples)?.number ?? '')]).toEqual([country, country]);
    // And by every mobile range of the code that is shared most finely.
    for (let range = 7000; range < 8000; range++) {
      const number = parsePhoneNumber(`+44${range}234567`);
      // The library's own patterns give 7924 to two of them, and its example to the Isle of Man.
      if (number?.isValid() && number.country && range !== 7924)
        expect([range, countryOfPhone(number.number)]).toEqual([range, number.country]);
    }
    expect(['+390669812345', '+4779123456', '+212528812345', '+358181234567'].map(countryOfPhone)).toEqual([
      'VA',
      'SJ',
      'EH',
      'AX',
    ]);
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
