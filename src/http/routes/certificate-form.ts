import { fits } from '../../kernel/document-schema.js';
import { UsageType } from '../../platform/certificates/stored.js';
import { invalid, invalidData, required, type WireError, wireError } from '../errors.js';
import { readMultipart } from '../multipart-reader.js';
import type { Call } from '../route.js';

const isUsage = fits(UsageType);

/** The form that a certificate or a key is imported by. */
export interface Import {
  readonly file: Buffer;
  readonly usageType: string;
  /** Empty when there is none. */
  readonly password: string;
}

export function readImport(call: Call): Import | WireError {
  const parts = readParts(call);
  if (!parts) return wireError('INVALID_REQUEST');
  const [file, usage] = [parts.get('file'), parts.get('usageType')];
  if (!file || !usage)
    return invalidData(...(file ? [] : [required('file')]), ...(usage ? [] : [required('usageType')]));
  const usageType = usage.toString('utf8');
  const password = parts.get('password')?.toString('utf8') ?? '';
  return isUsage(usageType) ? { file, usageType, password } : invalidData(invalid('usageType', 'is not valid'));
}

/** A form of which only the file counts. */
export function readFile(call: Call): Pick<Import, 'file'> | WireError {
  const parts = readParts(call);
  if (!parts) return wireError('INVALID_REQUEST');
  const file = parts.get('file');
  return file ? { file } : invalidData(required('file'));
}

const readParts = (call: Call): ReadonlyMap<string, Buffer> | undefined =>
  Buffer.isBuffer(call.body) ? readMultipart(call.header('content-type') ?? '', call.body) : undefined;
