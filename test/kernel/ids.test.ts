import { describe, expect, it } from 'vitest';
import { isUuid, parseUuid, uuidOf } from '../../src/kernel/ids.js';

const GOOD = '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

describe('ids (00 §2.5)', () => {
  it.each([
    ['', ''],
    ['upper case', GOOD.toUpperCase()],
    ['no hyphens', GOOD.replaceAll('-', '')],
    ['a character too many at the beginning', `0${GOOD}`],
    ['a character too many at the end', `${GOOD}0`],
    ['a line break at the end', `${GOOD}\n`],
    ['a letter beyond f', GOOD.replace('c', 'g')],
    ['hyphens in other places', '0a1b2c3d4-e5f-4a6b-8c7d-9e0f1a2b3c4d'],
    ['braces', `{${GOOD}}`],
  ])('%s is none', (_name, text) => {
    expect([isUuid(text), parseUuid(text)]).toEqual([false, undefined]);
    expect(() => uuidOf(text)).toThrow(`not a UUID: ${text}`);
  });

  it('are 36 lower-case characters, whatever version and variant they name', () => {
    for (const text of [GOOD, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
      expect([isUuid(text), parseUuid(text), uuidOf(text)]).toEqual([true, text, text]);
  });
});
