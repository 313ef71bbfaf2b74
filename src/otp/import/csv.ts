import { PASSCODE_ALGORITHMS } from '../hotp.js';
import { DEFAULT_PERIOD } from '../totp.js';
import { SeedFileError, type SeedToken } from './seed.js';

const COLUMNS = ['serialNumber', 'secret', 'type', 'otpLength', 'hashAlgorithm', 'counter', 'timeStep'] as const;
type Column = (typeof COLUMNS)[number];

/**
 * Tokens, one a line below a line that names the columns: `serialNumber` and `secret` (hexadecimal), and `type`, `otpLength`,
 * `hashAlgorithm`, `counter`, `timeStep` where they differ from an HOTP token of six digits. Throws `SeedFileError`.
 */
export function readCsv(text: string): readonly SeedToken[] {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = cells(head).map((name) => COLUMNS.find((column) => column.toLowerCase() === name.toLowerCase()));
  if (!names.includes('serialNumber') || !names.includes('secret') || names.includes(undefined))
    throw new SeedFileError(
      `the first line must name columns: serialNumber, secret and any of ${COLUMNS.slice(2).join(', ')}`,
    );
  return lines.flatMap((line, at) => (line.trim() === '' ? [] : [tokenOf(names, cells(line), at + 2)]));
}

/** The characters of a token's values need no quotes. */
const cells = (line: string): readonly string[] =>
  line.split(/[,;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

function tokenOf(names: readonly (Column | undefined)[], values: readonly string[], rowNumber: number): SeedToken {
  const where = `line ${rowNumber}`;
  if (values.length !== names.length)
    throw new SeedFileError(`${where} has ${values.length} values for ${names.length} columns`);
  const cellOf = (column: Column): string | undefined => values[names.indexOf(column)] || undefined;
  const secret = cellOf('secret') ?? '';
  const type = (cellOf('type') ?? 'HOTP').toUpperCase();
  const algorithm = (cellOf('hashAlgorithm') ?? 'SHA1').toUpperCase().replaceAll(/HMAC|[^A-Z0-9]/g, '');
  const known = PASSCODE_ALGORITHMS.find((one) => one === algorithm);
  const serialNumber = cellOf('serialNumber');
  if (!serialNumber || !known || (type !== 'HOTP' && type !== 'TOTP') || !/^(?:[0-9a-f]{2})+$/i.test(secret))
    throw new SeedFileError(
      `${where} lacks a serial number, a secret in hexadecimal, or a known type or hash algorithm`,
    );
  const numberOf = (column: Column, otherwise: number): number => {
    const text = cellOf(column) ?? String(otherwise);
    if (!/^\d{1,15}$/.test(text)) throw new SeedFileError(`${where} has a ${column} that is no number`);
    return Number(text);
  };
  return {
    serialNumber,
    secret: Buffer.from(secret, 'hex'),
    type,
    otpLength: numberOf('otpLength', 6),
    algorithm: known,
    counter: numberOf('counter', 0),
    timeStep: numberOf('timeStep', DEFAULT_PERIOD),
    rowNumber,
  };
}
