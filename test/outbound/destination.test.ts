import { describe, expect, it } from 'vitest';
import { createDestinationGuard, isPublicAddress } from '../../src/kernel/destination.js';

/** One address of every block that is not public (IANA's registries of special-purpose addresses), at both of its ends. */
const NOT_PUBLIC = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1'],
  ...['127.255.255.255', '169.254.0.1', '169.254.169.254', '172.16.0.0', '172.31.255.255', '192.0.0.8', '192.0.2.1'],
  ...['192.88.99.1', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.7', '203.0.113.7'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::8.8.8.8', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '64:ff9b::808:808', '64:ff9b:1::1', '100::1'],
  ...['2001::1', '2001:0:808:808::', '2001:1ff::1', '2001:db8::1', '2002:808:808::1', '3fff::1', '5f00::1', 'fc00::1'],
  ...['fdff:ffff::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1'],
];
const PUBLIC = [
  ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
  ...['223.255.255.255', '2001:200::1', '2001:4860:4860::8888', '2003::1', '2606:4700::1111', '2a00::1'],
];
const STRICT = { allowsHttp: false, ports: [443], internal: [] } as const;

describe('where a tenant may have things sent to (SEC-59)', () => {
  it.each(NOT_PUBLIC)('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(['', 'localhost', '1.2.3', '1.2.3.4/8'])('%j is no address', (text) =>
    expect(isPublicAddress(text)).toBe(false),
  );

  it('is https on an allowed port, without credentials, and nothing that is not public by its number (SEC-59)', () => {
    const { problem } = createDestinationGuard(STRICT);
    expect(problem('https://hooks.example.org/a?b=c')).toBeUndefined();
    expect(problem('https://1.1.1.1/')).toBeUndefined();
    expect(problem('hooks.example.org')).toMatch(/absolute/);
    expect(problem('http://hooks.example.org/')).toMatch(/https/);
    expect(problem('gopher://hooks.example.org/')).toMatch(/https/);
    expect(problem('https://hooks.example.org:444/')).toMatch(/port 444/);
    expect(problem('https://user@hooks.example.org/')).toMatch(/user/);
    for (const host of ['127.1', '0177.0.0.1', '0x7f000001', '2130706433', '[::1]', '[::ffff:7f00:1]', '１２７.0.0.1'])
      expect(problem(`https://${host}/`), host).toMatch(/public/);
  });

  it('is more where the operator says so', () => {
    const { problem, allows } = createDestinationGuard({
      allowsHttp: true,
      ports: 'any',
      internal: ['10.1.0.0/16', '::1'],
    });
    expect(problem('http://10.1.2.3:8080/')).toBeUndefined();
    expect(problem('http://[::1]:8080/')).toBeUndefined();
    expect(problem('http://10.2.0.1/')).toMatch(/public/);
    expect([allows('10.1.255.255'), allows('10.2.0.0'), allows('::1'), allows('::2'), allows('1.1.1.1')]).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
