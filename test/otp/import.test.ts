import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src/otp/import/csv.js';
import { readPskc } from '../../src/otp/import/pskc.js';
import { SeedFileError } from '../../src/otp/import/seed.js';
import { readXml } from '../../src/otp/import/xml.js';

const SPACES =
  'xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"';
const AES = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>';
const cipher = (value: string): string =>
  `${AES}<xenc:CipherData><xenc:CipherValue>\n  ${value}\n</xenc:CipherValue></xenc:CipherData>`;
const mac = (key: string): string =>
  `<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>${cipher(key)}</MACKey></MACMethod>`;
const container = (head: string, secret: string, more = ''): string => `<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" ${SPACES}>${head}<KeyPackage><DeviceInfo><Manufacturer>Manufacturer</Manufacturer>
<SerialNo>987654321</SerialNo></DeviceInfo><Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
<AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret>${secret}</Secret><Counter><PlainValue>0</PlainValue></Counter>${more}</Data></Key></KeyPackage></KeyContainer>`;

/** RFC 6030, Figure 6: an agreed key. */
const AGREED = container(
  `<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>${mac('ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX')}`,
  `<EncryptedValue>${cipher('AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv')}</EncryptedValue><ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC>`,
);
const KEY = Buffer.from('12345678901234567890123456789012', 'hex');

/** RFC 6030, Figure 7: a key derived from a password. */
const DERIVED = container(
  `<EncryptionKey><xenc11:DerivedKey xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"><xenc11:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2">
<pkcs5:PBKDF2-params xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"><Salt><Specified>Ej7/PEpyEpw=</Specified></Salt>
<IterationCount>1000</IterationCount><KeyLength>16</KeyLength><PRF/></pkcs5:PBKDF2-params></xenc11:KeyDerivationMethod></xenc11:DerivedKey></EncryptionKey>${mac('2GTTnLwM3I4e5IO5FkufoOEiOhNj91fhKRQBtBJYluUDsPOLTfUvoU2dStyOwYZx')}`,
  `<EncryptedValue>${cipher('oTvo+S22nsmS2Z/RtcoF8Hfh+jzMe0RkiafpoDpnoZTjPYZu6V+A4aEn032yCr4f')}</EncryptedValue><ValueMAC>LP6xMvjtypbfT9PdkJhBZ+D6O4w=</ValueMAC>`,
);

const FROM_RFC = {
  serialNumber: '987654321',
  secret: Buffer.from('12345678901234567890'),
  type: 'HOTP',
  otpLength: 8,
  algorithm: 'SHA1',
  counter: 0,
  timeStep: 30,
  rowNumber: 1,
};

describe('a portable key container (RFC 6030)', () => {
  it('is read as its figures say: in plain, under an agreed key, under a password', () => {
    const plain = container('', '<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>');
    expect(readPskc(plain)).toEqual([FROM_RFC]);
    expect(readPskc(AGREED, { key: KEY })).toEqual([FROM_RFC]);
    expect(readPskc(DERIVED, { password: 'qwerty' })).toEqual([FROM_RFC]);
  });

  it('may hold tokens that keep time, with another hash', () => {
    const secret = '<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>';
    const clocked = container('', secret, '<TimeInterval><PlainValue>60</PlainValue></TimeInterval>')
      .replace('pskc:hotp', 'pskc:totp')
      .replace('<ResponseFormat', '<Suite>HMAC-SHA256</Suite><ResponseFormat');
    expect(readPskc(clocked)).toMatchObject([{ type: 'TOTP', timeStep: 60, algorithm: 'SHA256' }]);
  });

  it.each<[string, string, Parameters<typeof readPskc>[1]]>([
    ['without its key', AGREED, {}],
    ['without its password', DERIVED, { key: KEY }],
    ['under another key', AGREED, { key: Buffer.alloc(16, 1) }],
    ['under another password', DERIVED, { password: 'qwertz' }],
    ['altered', AGREED.replace('UqGv', 'UqGw'), { key: KEY }],
    ['without a MAC', AGREED.replace(/<MACMethod[\s\S]*<\/MACMethod>/, ''), { key: KEY }],
    ['with a MAC that is cut off', AGREED.replace('Su+NvtQfmvfJzF6bmQiJqoLRExc=', 'Su+N'), { key: KEY }],
    ['with more iterations than anyone waits for', DERIVED.replace('1000', '99999999999'), { password: 'qwerty' }],
    ['of another kind', '<Tokens/>', {}],
    ['of keys that are no passcodes', AGREED.replace('pskc:hotp', 'pskc:pin'), { key: KEY }],
  ])('is refused %s, in words without a secret', (_what, text, unlock) => {
    expect(() => readPskc(text, unlock)).toThrow(SeedFileError);
    try {
      readPskc(text, unlock);
    } catch (error) {
      expect(String(error)).not.toMatch(/qwert|AAEC|1234567890/);
    }
  });
});

describe('the XML of seed files', () => {
  it('has elements, attributes, text, comments and character data, and XML’s own entities', () => {
    const read = readXml(`<?xml version="1.0"?><!-- a --><a:r x='1&amp;2'><b/>t&lt;<![CDATA[<&]]></a:r>\n`);
    expect(read).toMatchObject({ name: 'r', text: 't<<&', children: [{ name: 'b', text: '' }] });
    expect(read.attributes.get('x')).toBe('1&2');
  });

  it.each([
    '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>',
    '<r>&e;</r>',
    '<r>&#65;</r>',
    '<r>',
    '</r>',
    '<r></s>',
    '<r/><r/>',
    'text',
    '',
    '<r a=1/>',
    '<r a="<"/>',
    `${'<r>'.repeat(40)}${'</r>'.repeat(40)}`,
  ])('has nothing else: %s', (text) => {
    expect(() => readXml(text)).toThrow(SeedFileError);
  });
});

describe('a list of tokens', () => {
  it('is read by the names of its columns', () => {
    const text = 'SerialNumber;secret;type;timeStep;otpLength\r\nA1;3132;totp;60;8\r\n\r\n"A2";3334;;;\r\n';
    expect(readCsv(text)).toEqual([
      {
        serialNumber: 'A1',
        secret: Buffer.from('12'),
        type: 'TOTP',
        otpLength: 8,
        algorithm: 'SHA1',
        counter: 0,
        timeStep: 60,
        rowNumber: 2,
      },
      {
        serialNumber: 'A2',
        secret: Buffer.from('34'),
        type: 'HOTP',
        otpLength: 6,
        algorithm: 'SHA1',
        counter: 0,
        timeStep: 30,
        rowNumber: 4,
      },
    ]);
  });

  it.each([
    'serialNumber\nA1',
    'serialNumber,secret,colour\nA1,3132,red',
    'serialNumber,secret\nA1',
    'serialNumber,secret\nA1,xyz',
    'serialNumber,secret\n,3132',
    'serialNumber,secret,type\nA1,3132,PIN',
    'serialNumber,secret,counter\nA1,3132,-1',
  ])('is refused with %j', (text) => {
    expect(() => readCsv(text)).toThrow(SeedFileError);
  });
});
