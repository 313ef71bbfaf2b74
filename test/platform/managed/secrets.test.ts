import { describe, expect, it } from 'vitest';
import { partSecrets, readSecrets, withSecrets } from '../../../src/platform/managed/secrets.js';

const document = {
  name: 'gateway',
  authentication: { method: 'BASIC', username: 'u', password: 'p' },
  requests: [{ url: 'https://a', token: 't0' }, { url: 'https://b' }, { url: 'https://c', token: { deep: true } }],
};

describe('write-only members', () => {
  it('are taken out of the document and kept by their paths', () => {
    const { body, secret } = partSecrets(document, ['authentication.password', 'requests.*.token', 'nowhere.at.all']);
    expect(body).toEqual({
      name: 'gateway',
      authentication: { method: 'BASIC', username: 'u' },
      requests: [{ url: 'https://a' }, { url: 'https://b' }, { url: 'https://c' }],
    });
    expect(readSecrets(secret?.reveal() ?? '')).toEqual({
      'authentication.password': 'p',
      'requests.0.token': 't0',
      'requests.2.token': { deep: true },
    });
  });

  it('make no secret when none was sent', () => {
    expect(partSecrets(document, ['authentication.authToken'])).toEqual({ body: document });
    expect(partSecrets(document)).toEqual({ body: document });
  });
});

describe('members that are sealed and shown', () => {
  const paths = ['authentication.password', 'requests.*.token'];
  const parted = partSecrets(document, [...paths, 'name']);

  it('come back to where they were, and no others', () => {
    const { name, ...rest } = document;
    expect(withSecrets(parted.body, parted.secret?.reveal() ?? '', paths)).toEqual(rest);
    expect(withSecrets(parted.body, parted.secret?.reveal() ?? '', [])).toEqual(parted.body);
  });
});
