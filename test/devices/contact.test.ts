import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalContact,
  EXTENSION_PATTERN,
  maskEmail,
  maskPhone,
  PHONE_PATTERN,
  parseEmail,
  parsePhone,
} from '../../src/devices/sending/contact.js';

describe('phone numbers (20 §5)', () => {
  it.each([
    ['+1.5125551234', '+15125551234'],
    ['+15125551234', '+15125551234'],
    ['+1.512.555.1234', '+15125551234'],
    ['+1 (512) 555-1234', '+15125551234'],
    ['15125551234', '+15125551234'],
    ['1-512-555-1234', '+15125551234'],
    ['+33199000171', '+33199000171'],
    ['+1234567', '+1234567'],
    ['+123456789012345', '+123456789012345'],
  ])('%s is %s', (text, e164) => {
    expect(parsePhone(text)).toBe(e164);
  });

  it.each([
    '',
    '+',
    '+123456',
    '+1234567890123456',
    '05125551234',
    '+05125551234',
    '++15125551234',
    '1+5125551234',
    '+1512555123a',
    '+1512555\u00a01234',
    '+1512555\n1234',
    '＋15125551234',
    '+١٥١٢٥٥٥١٢٣٤',
    'tel:+15125551234',
  ])('%j is none', (text) => {
    expect(parsePhone(text)).toBeUndefined();
  });

  it('the pattern of the request schema accepts exactly what is parsed', () => {
    const pattern = new RegExp(PHONE_PATTERN, 'u');
    const piece = fc.constantFrom(...'+0123456789 .-()ax\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(pattern.test(text)).toBe(parsePhone(text) !== undefined);
      }),
      { numRuns: 3000 },
    );
    expect(pattern.test('+1 (512) 555-1234')).toBe(true);
  });

  it('a long run of separators costs no more than its length (SEC-54)', () => {
    const pattern = new RegExp(PHONE_PATTERN, 'u');
    const hostile = [
      ' '.repeat(16_000),
      `+${'('.repeat(16_000)}`,
      `1${' 2'.repeat(8_000)}x`,
      `1234567${' '.repeat(16_000)}x`,
    ];
    const started = performance.now();
    for (const text of hostile) expect(pattern.test(text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('shows the last two digits behind seven asterisks, however long the number (10 §5)', () => {
    for (const text of ['+1234567', '+15125551244']) {
      const number = parsePhone(text);
      expect(number && maskPhone(number)).toBe(`*******${text.slice(-2)}`);
    }
  });

  it.each(['7', '1,,234#', '*'.repeat(32)])('%s is an extension', (text) => {
    expect(new RegExp(EXTENSION_PATTERN, 'u').test(text)).toBe(true);
  });
  it.each(['', ' 7', '7 ', 'x7', '7\n', '1'.repeat(33), '٧'])('%j is no extension', (text) => {
    expect(new RegExp(EXTENSION_PATTERN, 'u').test(text)).toBe(false);
  });
});

describe('e-mail addresses', () => {
  it.each([
    ['mira.holt@example.test', 'mira.holt@example.test'],
    ['Mira+mfa@EXAMPLE.Test', 'Mira+mfa@example.test'],
    ["o'neil_{x}@a.b-c.example", "o'neil_{x}@a.b-c.example"],
    ['a@1.example', 'a@1.example'],
    ['a@Bücher.example', 'a@xn--bcher-kva.example'],
    ['a@bu\u0308cher.example', 'a@xn--bcher-kva.example'],
    ['a@пример.рф', 'a@xn--e1afmkfd.xn--p1ai'],
  ])('%s is %s', (text, address) => {
    expect(parseEmail(text)).toBe(address);
  });

  it.each([
    ['nothing', ''],
    ['no local part', '@example.org'],
    ['no domain', 'a@'],
    ['a host without a dot', 'a@localhost'],
    ['a trailing dot', 'a@example.org.'],
    ['an empty label', 'a@example..org'],
    ['a dot at the end of the local part', 'a.@example.org'],
    ['a quoted local part', '"a b"@example.org'],
    ['a comment', 'a(b)@example.org'],
    ['a display name', 'A <a@example.org>'],
    ['two addresses', 'a@example.org,b@example.org'],
    ['a line break in the local part (SEC-63)', 'a\r\nBcc: b@example.org'],
    ['a line break at the end (SEC-63)', 'a@example.org\n'],
    ['a NUL (SEC-63)', 'a\0@example.org'],
    ['an international local part', 'jürgen@example.org'],
    ['an underscore in the domain', 'a@ex_ample.org'],
    ['a label that begins with a hyphen', 'a@-example.org'],
    ['an IPv4 address', 'a@192.0.2.1'],
    ['an IPv4 address in hexadecimal, which URL parsers rewrite', 'a@0x7f.1'],
    ['an address literal', 'a@[192.0.2.1]'],
    ['a port', 'a@example.org:25'],
    ['a path', 'a@example.org/b'],
    ['a percent-encoded domain', 'a@ex%61mple.org'],
    ['a soft hyphen, which IDNA drops', 'a@exam\u00adple.org'],
    ['a zero-width space, which IDNA drops', 'a@exam\u200bple.org'],
    ['a variation selector, which IDNA drops', 'a@exam\ufe0fple.org'],
    ['a stand-in for the dot', 'a@example\u3002org'],
    ['a bidi control', 'a@\u202eexample.org'],
    ['a broken A-label', 'a@xn--zzzzzz.example'],
    ['a snowman', 'a@☃.example'],
  ])('%s is refused', (_, text) => {
    expect(parseEmail(text)).toBeUndefined();
  });

  it('holds to the lengths of RFC 5321', () => {
    const label = 'd'.repeat(63);
    const domain = `${label}.${label}.${label}.example`;
    expect(parseEmail(`${'a'.repeat(50)}@${domain}`)).toBeDefined();
    expect(parseEmail(`${'a'.repeat(64)}@example.org`)).toBeDefined();
    expect(parseEmail(`${'a'.repeat(65)}@example.org`)).toBeUndefined();
    expect(parseEmail(`a@${'d'.repeat(64)}.example`)).toBeUndefined();
    expect(parseEmail(`${'a'.repeat(254 - domain.length)}@${domain}`)).toBeUndefined();
  });

  it('an address that outgrows the limit in its ASCII form is refused', () => {
    const domain = `${'ü.'.repeat(60)}example`;
    expect(domain.length).toBeLessThan(254);
    expect(parseEmail(`a@${domain}`)).toBeUndefined();
  });

  it('a look-alike of another script is another address, and seen as one', () => {
    expect(parseEmail('a@аpple.com')).toBe('a@xn--pple-43d.com');
    expect(parseEmail('a@ＡＰＰＬＥ.com')).toBe('a@apple.com');
  });

  it('whatever comes in, what comes out is printable ASCII, stable, and safe in a header (SEC-63)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.string().map((s) => `${s}@example.org`),
    );
    fc.assert(
      fc.property(text, (given) => {
        const address = parseEmail(given);
        if (address === undefined) return;
        expect(address).toMatch(/^[!-~]{3,254}$/);
        expect(address).not.toMatch(/[<>,;:"()\\[\]]/);
        expect(parseEmail(address)).toBe(address);
      }),
      { numRuns: 2000 },
    );
  });

  it('shows the first character, four asterisks and the domain (10 §5)', () => {
    const long = parseEmail('john@pingidentity.com');
    const short = parseEmail('j@pingidentity.com');
    expect(long && maskEmail(long)).toBe('j****@pingidentity.com');
    expect(short && maskEmail(short)).toBe('j****@pingidentity.com');
  });

  it('addresses that differ in case count as one (SEC-37)', () => {
    expect(canonicalContact('Mira@example.org')).toBe(canonicalContact('mira@example.org'));
  });
});
