import { describe, expect, it } from 'vitest';
import { originBelongsTo } from '../../src/webauthn/client-data.js';

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
    expect(originBelongsTo('http://127.0.0.1:8080', '127.0.0.1', true)).toBe(false);
  });
});
