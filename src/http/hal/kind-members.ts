import type { TSchema } from 'typebox';
import { DEVICE_TYPES, KINDS } from '../../devices/kinds/index.js';
import type { DeviceKind } from '../../devices/kinds/kind.js';
import { Type } from '../../kernel/json-schema.js';

/** Members of a view that some kinds of device have and others do not. */
export function kindMembers(
  membersOf: (kind: DeviceKind) => Readonly<Record<string, TSchema>>,
): Record<string, TSchema> {
  const all = DEVICE_TYPES.flatMap((type) => Object.entries(membersOf(KINDS[type])));
  return Object.fromEntries(all.map(([name, schema]) => [name, Type.Optional(schema)]));
}
