import { describe, expect, it } from 'vitest';
import { clientDataProblem, originBelongsTo, parseClientData } from '../../src/webauthn/client-data.js';

describe('origins', () => {
  it('an origin belongs to a relying party on its host or below it, by https (SEC-27)', () => {
    const taken = ['https://example.org', 'https://login.example.org', 'https://example.org:8443'];
    const refused = [
      ...['http://example.org', 'https://example.org/', 'https://example.org/login', 'https://evil-example.org'],
      ...[
        'https://example.org.evil.net',
        'https://org',
        'https://user@example.org',
        'HTTPS://EXAMPLE.ORG',
        'example.org',
      ],
      ...[
        'https://example.org:443',
        'null',
        '',
        'ftp://example.org',
        'android:apk-key-hash:AAAA',
        'https://example.org.',
      ],
    ];
    expect(taken.filter((origin) => !originBelongsTo(origin, 'example.org', true))).toEqual([]);
    expect(refused.filter((origin) => originBelongsTo(origin, 'example.org', true))).toEqual([]);
  });

  it('in the strict profile, on its very host (SEC-25)', () => {
    expect(originBelongsTo('https://example.org', 'example.org', false)).toBe(true);
    expect(originBelongsTo('https://login.example.org', 'example.org', false)).toBe(false);
  });

  it('localhost alone needs no https', () => {
    expect(originBelongsTo('http://localhost:8080', 'localhost', false)).toBe(true);
    expect(originBelongsTo('http://app.localhost', 'localhost', true)).toBe(true);
    expect(originBelongsTo('ftp://localhost', 'localhost', false)).toBe(false);
    expect(originBelongsTo('http://127.0.0.1:8080', '127.0.0.1', true)).toBe(false);
  });
});

describe('client data (L3 §5.8.1)', () => {
  const honest = { type: 'webauthn.get', challenge: 'AAAA', origin: 'https://example.org' };
  const parse = (value: unknown) => parseClientData(Buffer.from(JSON.stringify(value)));

  it('is a type, a challenge and an origin, and may say where its frame is', () => {
    expect(parse(honest)).toEqual({ ...honest, crossOrigin: false });
    expect(parse({ ...honest, other: 1 })).toEqual({ ...honest, crossOrigin: false });
    const framed = { ...honest, crossOrigin: true, topOrigin: 'https://top.example' };
    expect(parse(framed)).toEqual(framed);
  });

  it.each(['type', 'challenge', 'origin', 'crossOrigin', 'topOrigin'])(
    'does not read with a %s of another type',
    (key) => {
      for (const value of [7, null, {}]) expect(parse({ ...honest, [key]: value })).toBeUndefined();
    },
  );

  it('does not read as anything but an object in UTF-8', () => {
    for (const value of [[], 'x', 7, null]) expect(parse(value)).toBeUndefined();
    const text = Buffer.from(JSON.stringify(honest));
    expect(parseClientData(text)).toBeDefined();
    expect(parseClientData(text.subarray(0, -1))).toBeUndefined();
    const invalid = Buffer.from(JSON.stringify({ ...honest, type: '?' }));
    invalid[invalid.indexOf('?')] = 0xff;
    expect(parseClientData(invalid)).toBeUndefined();
  });

  it('has one problem, the first (L3 §7.2)', () => {
    const terms = {
      ...{ challenge: Buffer.alloc(3), origin: 'https://example.org' },
      ...{ rpId: 'example.org', allowsSubdomains: false },
    };
    const problem = (changes: object, changed = {}) => {
      const read = parse({ ...honest, ...changes });
      return read && clientDataProblem(read, 'webauthn.get', { ...terms, ...changed });
    };
    expect(problem({})).toBeUndefined();
    expect(problem({ type: 'webauthn.create', challenge: 'AAAB' })).toBe('CLIENT_DATA_TYPE');
    for (const challenge of ['AAAB', 'AAAAAAAA', '', '*'])
      expect(problem({ challenge, origin: 'x' })).toBe('CHALLENGE');
    expect(problem({ origin: 'https://login.example.org', crossOrigin: true })).toBe('ORIGIN');
    const elsewhere = 'https://evil.example';
    expect(problem({ origin: elsewhere }, { origin: elsewhere })).toBe('ORIGIN');
    const below = 'https://login.example.org';
    expect(problem({ origin: below }, { allowsSubdomains: true })).toBe('ORIGIN');
    expect(problem({ origin: below }, { allowsSubdomains: true, origin: below })).toBeUndefined();
    expect(problem({ crossOrigin: true })).toBe('CROSS_ORIGIN');
    expect(problem({ topOrigin: 'https://example.org' })).toBe('CROSS_ORIGIN');
  });
});
