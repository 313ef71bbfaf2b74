import { describe, expect, it } from 'vitest';
import { parseAssertionJson, parseAttestationJson } from '../../src/webauthn/credential-json.js';
import { creationOptionsText, requestOptionsText } from '../../src/webauthn/options.js';

const response = { clientDataJSON: 'AAAA', attestationObject: 'AAAB', authenticatorData: 'AAAC', signature: 'AAAD' };
const credential = { id: 'AQID', rawId: 'AQID', type: 'public-key', response };
const parsers = [
  ['registration', parseAttestationJson],
  ['assertion', parseAssertionJson],
] as const;
const [id, clientDataJson] = [Buffer.of(1, 2, 3), Buffer.alloc(3)];

describe('a credential as a browser writes it (20 §8.3, 10 §11.3)', () => {
  it('is read', () => {
    expect(parseAttestationJson(JSON.stringify(credential))).toEqual({
      ...{ credentialId: id, clientDataJson, attestationObject: Buffer.of(0, 0, 1), transports: [] },
    });
    const read = {
      credentialId: id,
      clientDataJson,
      authenticatorData: Buffer.of(0, 0, 2),
      signature: Buffer.of(0, 0, 3),
    };
    expect(parseAssertionJson(JSON.stringify(credential))).toEqual(read);
    const withHandle = { ...credential, response: { ...response, userHandle: 'AAAE' } };
    expect(parseAssertionJson(JSON.stringify(withHandle))).toEqual({ ...read, userHandle: Buffer.of(0, 0, 4) });
  });

  it('has those transports that are known, each once', () => {
    const transports = (value: unknown) =>
      parseAttestationJson(JSON.stringify({ ...credential, response: { ...response, transports: value } }))?.transports;
    const known = ['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];
    expect(transports([...known, 'usb', 'pigeon', 7])).toEqual(known);
    expect(transports(['usb'])).toEqual(['usb']);
    for (const other of [undefined, null, 'usb', 7, {}]) expect(transports(other)).toEqual([]);
  });

  it.each(parsers)('names itself by an id of up to 1023 bytes, which rawId may repeat: %s', (_what, parse) => {
    const text = (length: number) => Buffer.alloc(length, 1).toString('base64url');
    const named = (changes: object) =>
      parse(JSON.stringify({ ...credential, rawId: undefined, ...changes }))?.credentialId.length;
    expect(named({})).toBe(3);
    expect(named({ id: text(1023) })).toBe(1023);
    expect(named({ id: text(1024) })).toBeUndefined();
    for (const other of ['', '*', 7, null, undefined]) expect(named({ id: other })).toBeUndefined();
    for (const other of ['AQIE', '', '*', 7, null]) expect(named({ rawId: other })).toBeUndefined();
  });

  it.each(parsers)('is an object of its type, with a response: %s', (_what, parse) => {
    const refused = [null, 7, 'x', [], {}, { ...credential, type: 'password' }, { ...credential, type: undefined }];
    const responses = [null, 'x', [], undefined, {}].map((other) => ({ ...credential, response: other }));
    for (const other of [...refused, ...responses]) expect(parse(JSON.stringify(other))).toBeUndefined();
    for (const text of ['', '{', 'public-key']) expect(parse(text)).toBeUndefined();
  });

  it.each([
    ...[['clientDataJSON', parseAttestationJson] as const, ['attestationObject', parseAttestationJson] as const],
    ...[['clientDataJSON', parseAssertionJson] as const, ['authenticatorData', parseAssertionJson] as const],
    ['signature', parseAssertionJson] as const,
  ])('has bytes in %s', (member, parse) => {
    for (const other of ['', '*', 7, null, undefined, ['AAAA']])
      expect(parse(JSON.stringify({ ...credential, response: { ...response, [member]: other } }))).toBeUndefined();
  });

  it('has bytes in its user handle, or none', () => {
    const handled = (userHandle: unknown) =>
      parseAssertionJson(JSON.stringify({ ...credential, response: { ...response, userHandle } }));
    for (const none of [undefined, null, '']) expect(handled(none)).toEqual(handled(undefined));
    expect(handled(undefined)).not.toHaveProperty('userHandle');
    for (const other of ['*', 7, false, ['AAAA']]) expect(handled(other)).toBeUndefined();
  });
});

describe('what a browser is asked for (20 §8.2, 10 §11.1)', () => {
  const asked = {
    rp: { id: 'example.org', name: 'Example' },
    ...{ userHandle: Buffer.of(127, 128), userName: 'mira', challenge: Buffer.of(0, 255), timeout: 120_000 },
    ...({ exclude: [], userVerification: 'preferred', attestation: 'none', hints: [] } as const),
  };
  const algorithms =
    '[{"type":"public-key","alg":"-7"},{"type":"public-key","alg":"-37"},{"type":"public-key","alg":"-257"}]';

  it('to make a credential', () => {
    expect(creationOptionsText({ ...asked, residentKey: 'preferred' })).toBe(
      `{"rp":{"id":"example.org","name":"Example"},"user":{"id":[127,-128],"displayName":"mira","name":"mira"},"challenge":[0,-1],"pubKeyCredParams":${algorithms},"timeout":120000,"excludeCredentials":[],"authenticatorSelection":{"requireResidentKey":false,"residentKey":"preferred","userVerification":"preferred"},"attestation":"none"}`,
    );
  });

  it('to make one of a kind, other than those that there are', () => {
    const exclude = [
      { id: Buffer.of(1), transports: ['usb'] },
      { id: Buffer.of(2), transports: [] },
    ];
    const text = creationOptionsText({
      ...{ ...asked, exclude, residentKey: 'required', attachment: 'platform', hints: ['hybrid'] },
    });
    expect(JSON.parse(text)).toMatchObject({
      excludeCredentials: [
        { type: 'public-key', id: [1], transports: ['usb'] },
        { type: 'public-key', id: [2] },
      ],
      authenticatorSelection: {
        authenticatorAttachment: 'platform',
        requireResidentKey: true,
        residentKey: 'required',
      },
      hints: ['hybrid'],
    });
    expect(JSON.parse(text).excludeCredentials[1]).not.toHaveProperty('transports');
  });

  it('to show one', () => {
    const request = {
      challenge: Buffer.of(0, 255),
      timeout: 120_000,
      rpId: 'example.org',
      userVerification: 'required',
    } as const;
    const allow = [{ id: Buffer.of(200), transports: ['usb'] }];
    expect(requestOptionsText({ ...request, allow, hints: [] })).toBe(
      '{"challenge":[0,-1],"timeout":120000,"rpId":"example.org","allowCredentials":[{"type":"public-key","id":[-56]}],"userVerification":"required"}',
    );
    expect(JSON.parse(requestOptionsText({ ...request, allow: [], hints: ['client-device'] }))).toMatchObject({
      ...{ allowCredentials: [], hints: ['client-device'] },
    });
  });
});
