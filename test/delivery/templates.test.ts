import { describe, expect, it } from 'vitest';
import { composeContent, hasContent } from '../../src/delivery/content.js';
import { CHANNELS, type TemplateName } from '../../src/delivery/message.js';
import { chooseLocale } from '../../src/delivery/templates/locale.js';
import { render } from '../../src/delivery/templates/render.js';
import { substitute } from '../../src/delivery/templates/substitute.js';

const NOW = Date.UTC(2026, 4, 1);
const TEMPLATES: readonly TemplateName[] = ['strong_authentication', 'transaction', 'device_pairing'];
const maria = {
  username: 'maria',
  profile: { name: { given: 'Maria', family: 'Lopez' }, preferredLanguage: 'de-DE;q=0.5, fr' },
};
const compose = (extra: Partial<Parameters<typeof composeContent>[0]> = {}) =>
  composeContent({ to: 'maria@example.com', template: 'strong_authentication', user: maria, otp: '012345', ...extra });

describe('hasContent', () => {
  it('says yes exactly where rendering finds a text', () => {
    for (const template of TEMPLATES)
      for (const channel of CHANNELS)
        expect([template, channel, render(compose({ template }), channel, NOW) !== undefined]).toEqual([
          template,
          channel,
          hasContent(template, channel, undefined),
        ]);
    expect(hasContent('transaction', 'WHATSAPP', undefined)).toBe(false);
  });

  it('knows no variant: a named one is never replaced by the content without variant', () => {
    expect(hasContent('strong_authentication', 'SMS', 'gold')).toBe(false);
  });
});

describe('composeContent', () => {
  it('keeps the requested locale before the preferred language of the user', () => {
    expect(compose({ requestedLocale: 'fr-CA' }).locales).toEqual(['fr-CA', 'de-DE;q=0.5, fr']);
    expect(compose({ user: { username: 'x', profile: {} } }).locales).toEqual([]);
  });

  it('lets no request variable replace a reserved one, whatever its case (SEC-62)', () => {
    const { variables } = compose({
      variables: {
        OTP: '999999',
        'User.UserName': 'root',
        'user.name.given': 'Eve',
        Amount: '12 EUR',
        __proto__x: 'y',
      },
    });
    expect(variables).toEqual({
      'user.username': 'maria',
      'user.name.given': 'Maria',
      'user.name.family': 'Lopez',
      amount: '12 EUR',
      __proto__x: 'y',
    });
  });

  it('takes a variable called __proto__ as just another name', () => {
    const variables = JSON.parse('{"__proto__":"polluted"}');
    const content = compose({ variables });
    expect(Object.getPrototypeOf(content.variables)).toBe(Object.prototype);
    expect(Object.keys(content.variables)).toContain('__proto__');
  });
});

describe('render', () => {
  it('says the suggested texts', () => {
    expect(render(compose(), 'SMS', NOW)).toEqual({ text: 'Your sign-on code is 012345.' });
    expect(render(compose(), 'WHATSAPP', NOW)).toEqual({ text: 'Your sign-on code is 012345.' });
    expect(render(compose({ template: 'device_pairing' }), 'SMS', NOW)?.text).toBe('Your pairing code is 012345.');
  });

  it('spells a spoken code digit by digit, twice', () => {
    const spoken = render(compose(), 'VOICE', NOW)?.text ?? '';
    expect(spoken.split('0, 1, 2, 3, 4, 5.')).toHaveLength(3);
    expect(spoken).not.toContain('012345');
  });

  it('makes a mail with subject, text and HTML, each with the code', () => {
    const mail = render(compose(), 'EMAIL', NOW);
    expect(mail?.subject).toBe('Your sign-on code');
    expect(mail?.text).toContain('012345');
    expect(mail?.html).toContain('>012345<');
    expect(`${mail?.subject}${mail?.text}${mail?.html}`).not.toContain(`\${`);
  });

  it('escapes values in HTML and keeps them as they are in text (SEC-62)', () => {
    const user = { username: '<img src=x onerror=alert(1)>"&', profile: {} };
    const mail = render(compose({ user }), 'EMAIL', NOW);
    expect(mail?.html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;');
    expect(mail?.html).not.toContain('<img');
    expect(mail?.text).toContain('<img src=x onerror=alert(1)>"&');
  });

  it('falls back to the default language', () => {
    expect(render(compose({ requestedLocale: 'xx' }), 'SMS', NOW)?.text).toBe('Your sign-on code is 012345.');
  });
});

describe('substitute', () => {
  const values = new Map([
    ['name', 'a\u202eb\r\nBcc: x\u0000\u2028y'],
    ['nested', `\\\${otp}`],
    ['otp', '1'],
    ['long', 'x'.repeat(10_000)],
    ['lone', 'a\ud800b'],
  ]);

  it('strips directional controls and turns control characters into a space (SEC-63)', () => {
    expect(substitute(`[\${NAME}]`, values, 'text')).toBe('[ab Bcc: x y]');
  });

  it('passes once: a value that looks like a placeholder stays as it is (SEC-62)', () => {
    expect(
      substitute(
        `\${nested}`,
        new Map([
          ['nested', `\${otp}`],
          ['otp', '1'],
        ]),
        'text',
      ),
    ).toBe(`\${otp}`);
  });

  it('makes a name without value empty, and walks no property path (SEC-62)', () => {
    expect(substitute(`[\${missing}\${constructor}\${otp.length}\${__proto__}]`, values, 'text')).toBe('[]');
  });

  it('cuts what is too long, and drops half a surrogate pair', () => {
    expect(substitute(`\${long}`, values, 'text')).toHaveLength(256);
    expect(substitute(`\${lone}`, values, 'text')).toBe('ab');
  });
});

describe('chooseLocale', () => {
  const available = ['en', 'fr', 'fr-CA'] as const;
  it.each([
    [['fr-CA'], 'fr-CA'],
    [['FR_ca'], 'fr-CA'],
    [['fr-CH'], 'fr'],
    [['it', 'fr'], 'fr'],
    [['fr;q=0.3, en;q=0.8'], 'en'],
    [['fr;q=0, it'], 'en'],
    [['*', ';;,', ''], 'en'],
    [[], 'en'],
  ])('%j → %s', (preferences, chosen) => {
    expect(chooseLocale(preferences, available, 'en')).toBe(chosen);
  });
});
