import { unreachable } from '../../kernel/outcome.js';
import type { Snapshot, Write } from '../port.js';
import { StorageFault } from './fault.js';
import { call } from './statement.js';
import { claimName, releaseName } from './tables/environment-names.js';
import { endEnvironment, environmentValues, insertEnvironment, updateEnvironment } from './tables/environments.js';
import type { WriteSetBuilder } from './write-set.js';

/** Under the environment's `configVersion`; its name is claimed before anything is written, so that little is undone when it is taken. */
export function addEnvironment(
  builder: WriteSetBuilder,
  { kind, value }: Extract<Write, { readonly entity: 'environment' }>,
  { environment: held, now }: Snapshot,
): void {
  const { id } = value;
  builder.once('environment', id);
  if (kind === 'insert') {
    builder.claim(claimName(value));
    builder.claim(call(insertEnvironment, environmentValues(value)));
    return;
  }
  if (builder.wrote('configuration', id))
    throw new StorageFault(`documents of environment ${id} are written before the environment itself`);
  if (!held) throw new StorageFault(`environment ${id} is written to, which is not there`);
  const version = held.configVersion;
  builder.guard('environment', id, id, version);
  switch (kind) {
    case 'update':
      if (held.name !== value.name || held.organizationId !== value.organizationId) {
        builder.claim(claimName(value));
        // Environments from before names were unique may have none of their own.
        builder.step(3, releaseName(held), 'any');
      }
      builder.step(0, call(updateEnvironment, { ...environmentValues(value), version }));
      break;
    case 'delete':
      builder.step(3, releaseName(held), 'any');
      builder.step(0, call(endEnvironment, { environment: id, version, now }));
      break;
    default:
      unreachable(kind);
  }
}
