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
    `application/json, ${CHECK}`,
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

  it.each(['', '{}', '{"status":"OK","anything":[1]}'])('an action without a body takes %j', async (body) => {
    await using server = engine();
    const type = 'application/vnd.pingidentity.thing.unlock+json';
    expect((await ask(server, { url: THING_PATH, type, body })).body).toEqual({ handled: 'thing.unlock' });
  });

  it.each(['[]', 'null', '1', '{'])('an action without a body refuses %j', async (body) => {
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
