import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/record.js';
import { createTrail, type Told, telling } from '../../src/audit/trail.js';
import { accept, type Outcome } from '../../src/kernel/outcome.js';
import type { Decision } from '../../src/storage/port.js';
import { addEnvironment, aMessage, DATABASES, uuid } from '../contract/world.js';

type Fault = { readonly kind: 'Fault' };

describe.each(DATABASES)('a command on its way to the store, on $name', ({ open }) => {
  it('is decided again with what it needs, and only what is decided in the end is on record and told', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    await test.store.audit.seal(environmentId, 64, () => {});
    const told: AuditEvent[] = [];
    const trail = createTrail({ store: test.store, events: { emit: (event) => told.push(event) } });
    const seen: (string | undefined)[] = [];
    const result = await trail.transact(
      { environmentId },
      undefined,
      ({ destination }): Decision<Told<string | undefined, Fault>> => {
        seen.push(destination?.contactKey);
        const decision: Decision<Outcome<string | undefined, Fault>> = {
          writes: [{ kind: 'append', entity: 'outbox', value: aMessage(environmentId, uuid()) }],
          outcome: accept(destination?.contactKey),
          ...(destination ? {} : { needs: { destination: 'contact' } }),
        };
        return telling(decision, (contact) => [
          { type: 'NOTIFICATION.CREATED', environmentId, detail: { contact: contact ?? 'none' } },
        ]);
      },
    );
    expect(result).toEqual(accept('contact'));
    expect(seen).toEqual([undefined, 'contact']);
    expect(told.map(({ detail }) => detail)).toEqual([{ contact: 'contact' }]);
    const rows = await test.store.audit.tail(environmentId, '', 10);
    expect(rows.map(({ records }) => JSON.parse(records).events)).toEqual([
      [['NOTIFICATION.CREATED', { contact: 'contact' }]],
    ]);
  });
});
