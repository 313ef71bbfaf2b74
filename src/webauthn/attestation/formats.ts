import { androidKey } from './android-key.js';
import { apple } from './apple.js';
import { fidoU2f } from './fido-u2f.js';
import { packed } from './packed.js';
import type { AttestationFormat } from './statement.js';
import { tpm } from './tpm.js';

/** Statement formats that are understood, by their registered names (WebAuthn L3 §8); SafetyNet's service is gone. */
export const FORMATS: ReadonlyMap<string, AttestationFormat> = new Map<string, AttestationFormat>([
  ['none', ({ statement }) => (statement.size === 0 ? { kind: 'none' } : undefined)],
  ['packed', packed],
  ['tpm', tpm],
  ['android-key', androidKey],
  ['apple', apple],
  ['fido-u2f', fidoU2f],
]);
