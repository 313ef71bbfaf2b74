import { describe, expect, it } from 'vitest';
import { renderWords } from '../../src/delivery/templates/own-words.js';

const values = new Map([
  ['otp', '1, 2, 3'],
  ['who', '<repeatMessage val=9>x</repeatMessage>'],
]);
const spoken = (text: string): string => renderWords({ text, isHtml: false }, 'VOICE', values, '').text;

describe('a mail of the environment’s own', () => {
  const words = { text: `<style>p{}</style><p>Hi \${who}<br>\${otp}</p>`, isHtml: true };

  it('has its values escaped where it is HTML, and its markup left out where it is text (SEC-62)', () => {
    expect(renderWords({ ...words, subject: `S \${otp}` }, 'EMAIL', values, 'Fallback')).toEqual({
      subject: 'S 1, 2, 3',
      text: 'Hi <repeatMessage val=9>x</repeatMessage>\n1, 2, 3',
      html: '<style>p{}</style><p>Hi &lt;repeatMessage val=9&gt;x&lt;/repeatMessage&gt;<br>1, 2, 3</p>',
    });
  });

  it('says who it is from as the content does (30 §9.3)', () => {
    const origin = { from: { name: 'Shop' }, replyTo: { address: 'help@example.org' }, charset: 'ISO-8859-1' };
    expect(renderWords({ ...words, ...origin }, 'EMAIL', values, '')).toMatchObject(origin);
    expect(renderWords({ text: 'x', isHtml: false, sender: 'Shop' }, 'SMS', values, '')).toEqual({
      text: 'x',
      sender: 'Shop',
    });
  });

  it('is text alone when it says so, and has the server’s subject when it has none', () => {
    expect(renderWords({ ...words, isHtml: false }, 'EMAIL', values, 'Fallback')).toEqual({
      subject: 'Fallback',
      text: '<style>p{}</style><p>Hi <repeatMessage val=9>x</repeatMessage><br>1, 2, 3</p>',
    });
  });
});

describe('the markup of calls (30 §9.3)', () => {
  it.each([
    [`Code <sayCharValue>\${otp}</sayCharValue>.`, 'Code 1, 2, 3.'],
    ['Press <sayCharValue>42</sayCharValue>', 'Press 4, 2'],
    ['One<pause1sec>two', 'One. two'],
    [`<repeatMessage val=2>\${otp}</repeatMessage>`, '1, 2, 3. 1, 2, 3'],
    ['<repeatMessage val="9">a</repeatMessage>', 'a. a. a. a. a'],
    [`<repeatMessage val=2>Code <sayCharValue>7</sayCharValue></repeatMessage>`, 'Code 7. Code 7'],
    ['<unknown>a</unknown>', 'a'],
  ])('%s is said as %s', (text, expected) => {
    expect(spoken(text)).toBe(expected);
  });

  it('comes from the content only: a value brings none', () => {
    expect(spoken(`Hello \${who}`)).toBe('Hello <repeatMessage val=9>x</repeatMessage>');
  });
});
