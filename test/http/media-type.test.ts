import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContentType } from '../../src/http/media-type.js';
import { ask, engine, THING_PATH } from './engine.js';

const CHECK = 'application/vnd.pingidentity.otp.check+json';

describe('the media type chooses the operation (00 §2.3; SEC-52)', () => {
  it.each([
    CHECK,
    'Application/VND.PingIdentity.OTP.Check+JSON',
    `${CHECK}; charset=utf-8`,
    `${CHECK};charset=UTF-8`,
    `${CHECK} ; charset="utf-8"`,
    `${CHECK};a=b;charset=utf-8`,
    `${CHECK};`,
  ])('takes %s', async (type) => {
    await using server = engine();
    const answer = await ask(server, { url: THING_PATH, type, body: { otp: '123456' } });
    expect(answer.body).toEqual({ handled: 'thing.check' });
  });

  it.each([
    null,
    '',
    'application/json',
    'text/plain',
    'application/vnd.pingidentity.otp.check',
    'application/vnd.pingidentity.otp.check+jsonx',
    `${CHECK}, ${CHECK}`,
    `${CHECK} ${CHECK}`,
    `${CHECK}, application/json`,
    `${CHECK}; charset=iso-8859-1`,
    `${CHECK}; charset=utf-8; charset=utf-8`,
    `${CHECK}; charset`,
    `${CHECK}; =x`,
    `${CHECK}; charset="utf-8`,
    `${CHECK}/x`,
    'application',
    '/',
    '*/*',
    `${CHECK};${'a=b;'.repeat(100)}`,
  ])('refuses %s with 415 and the documented code', async (type) => {
    await using server = engine();
    const answer = await ask(server, { url: THING_PATH, type, body: { otp: '123456' } });
    expect([answer.status, answer.body['code']]).toEqual([415, 'INVALID_REQUEST']);
  });

  it('refuses a compressed body', async () => {
    await using server = engine();
    const answer = await ask(server, {
      url: THING_PATH,
      type: CHECK,
      headers: { 'content-encoding': 'gzip' },
      body: { otp: '123456' },
    });
    expect(answer.status).toBe(415);
  });

  it('an operation without a body does not look at the type', async () => {
    await using server = engine();
    expect((await ask(server, { method: 'GET', url: THING_PATH, type: 'nonsense' })).status).toBe(200);
    expect((await ask(server, { method: 'DELETE', url: THING_PATH, type: 'nonsense' })).status).toBe(204);
  });

  it.each(['', '{}', 'null\n', '{"status":"OK","anything":[1]}'])('an action without a body takes %j', async (body) => {
    await using server = engine();
    const type = 'application/vnd.pingidentity.thing.unlock+json';
    expect((await ask(server, { url: THING_PATH, type, body })).body).toEqual({ handled: 'thing.unlock' });
  });

  it.each(['[]', '1', '{'])('an action without a body refuses %j', async (body) => {
    await using server = engine();
    const type = 'application/vnd.pingidentity.thing.unlock+json';
    expect((await ask(server, { url: THING_PATH, type, body })).body['code']).toBe('INVALID_REQUEST');
  });
});

describe('parsing a content type', () => {
  it('never throws, and whatever it takes is one lower-case essence', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (header) => {
        const type = parseContentType(header);
        return type.kind !== 'essence' || /^[^\s/;,]+\/[^\s/;,]+$/.test(type.essence);
      }),
    );
  });

  it('takes time in proportion to the length only', () => {
    const long = `a/b;${'\t '.repeat(100)}x`;
    expect(parseContentType(long).kind).toBe('refused');
    expect(parseContentType(`a/b${' '.repeat(1_000_000)}`).kind).toBe('refused');
  });
});

describe('what a content type says (RFC 9110 §8.3.1; SEC-52)', () => {
  const absent = { kind: 'absent' };
  const refused = { kind: 'refused' };
  const essence = (text: string) => ({ kind: 'essence', essence: text });
  const padded = (length: number) => `a/b;c=${'x'.repeat(length - 6)}`;

  it.each<[string | undefined, object]>([
    [undefined, absent],
    ['', absent],
    ['application/json', essence('application/json')],
    ['Application/JSON', essence('application/json')],
    [' \ta/b\t ', essence('a/b')],
    ['a/b;', essence('a/b')],
    ['a/b ; \t', essence('a/b')],
    ['a/b;c=d;e=f', essence('a/b')],
    ['a/b\t;\tc=d\t', essence('a/b')],
    ['a/b;c="d;e=\\"f\\""', essence('a/b')],
    ['a/b;c=""', essence('a/b')],
    ['a/b;charset=UTF-8', essence('a/b')],
    ['a/b;charset="utf-8"', essence('a/b')],
    ['a/b;charset="utf\\-8"', essence('a/b')],
    ["!#$%&'*+.^_`|~-09/zZ", essence("!#$%&'*+.^_`|~-09/zz")],
    [padded(256), essence('a/b')],
    [padded(257), refused],
    [' ', refused],
    ['a', refused],
    ['/b', refused],
    ['a/', refused],
    ['a/;c=d', refused],
    ['a//b', refused],
    ['a/b/c', refused],
    ['a/b c', refused],
    ['a/b,c/d', refused],
    ['a/bé', refused],
    ['a/b\u007f', refused],
    ['a/b;c', refused],
    ['a/b;=d', refused],
    ['a/b;c=', refused],
    ['a/b;c=;e=f', refused],
    ['a/b;c:d', refused],
    ['a/b;c=d e', refused],
    ['a/b;c="d', refused],
    ['a/b;c="d\\', refused],
    ['a/b;c="d\\"', refused],
    ['a/b;c="d"e', refused],
    ['a/b;c=d;C=d', refused],
    ['a/b;charset=latin1', refused],
    ['a/b;charset="utf-8 "', refused],
    ['a/b;charset=utf-8;charset=utf-8', refused],
  ])('%j', (header, expected) => {
    expect(parseContentType(header)).toEqual(expected);
  });
});
