import { signTail } from '../../audit/chain.js';
import { type AuditRecord, encodeRecord } from '../../audit/record.js';
import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { AuditKeys } from '../../kernel/keys.js';
import type { Random } from '../../kernel/random.js';
import type { EngineOptions } from './engine.js';
import { StorageFault } from './fault.js';
import type { Call, Result } from './statement.js';
import { insertTail } from './tables/audit.js';

/** A record on its way into the tail. */
export interface AuditLine {
  readonly environmentId: Uuid;
  readonly at: Instant;
  readonly text: string;
}

/** Puts a record into the commit of the script that it is handed to. */
export type AppendAudit = (record: AuditRecord) => void;

export function lineOf(record: AuditRecord): AuditLine {
  return { environmentId: record.environmentId, at: record.at, text: encodeRecord(record) };
}

/**
 * Writes the lines of one commit: one row and one MAC for each environment, however many units the commit has, so that an event
 * costs its text and no write of its own. Rows of one process are in the order in which its commits are sent, also within a
 * millisecond.
 */
export class TailWriter {
  readonly #keys: AuditKeys;
  readonly #random: Random;
  #latest: Instant = 0;
  #count = 0;

  constructor({ audit, random }: Pick<EngineOptions, 'audit' | 'random'>) {
    this.#keys = audit;
    this.#random = random;
  }

  calls(lines: readonly AuditLine[]): readonly Call[] {
    if (lines.length === 0) return NOTHING;
    return [...byEnvironment(lines)].map(([environmentId, { texts, firstAt, lastAt }]) => {
      const row = { environmentId, id: this.#nextId(lastAt), firstAt, lastAt, records: texts.join('\n') };
      return insertTail(signTail(row, this.#keys));
    });
  }

  /** Time, place in this process, and chance to tell processes apart: in the order of texts. */
  #nextId(at: Instant): string {
    this.#latest = Math.max(this.#latest, at);
    this.#count += 1;
    const time = this.#latest.toString(16).padStart(12, '0');
    const place = this.#count.toString(16).padStart(12, '0');
    return `${time}-${place}-${this.#random.bytes(6).toString('hex')}`;
  }
}

/** Throws when a row of the tail was not written: the schema is not the one we know. */
export function assertOnRecord(results: readonly (Result | undefined)[]): void {
  const missing = results.findIndex((result) => result?.count !== 1);
  if (missing >= 0) throw new StorageFault(`the trail took ${results[missing]?.count} rows instead of one`);
}

const NOTHING: readonly never[] = [];

interface Gathered {
  readonly texts: string[];
  firstAt: Instant;
  lastAt: Instant;
}

function byEnvironment(lines: readonly AuditLine[]): ReadonlyMap<Uuid, Gathered> {
  const gathered = new Map<Uuid, Gathered>();
  for (const { environmentId, at, text } of lines) {
    const known = gathered.get(environmentId);
    if (!known) {
      gathered.set(environmentId, { texts: [text], firstAt: at, lastAt: at });
      continue;
    }
    known.texts.push(text);
    if (at < known.firstAt) known.firstAt = at;
    if (at > known.lastAt) known.lastAt = at;
  }
  return gathered;
}
