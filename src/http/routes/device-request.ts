import type { TSchema } from 'typebox';
import type { BrowserRequest } from '../../devices/browsers/request.js';
import { DEVICE_TYPES, KINDS } from '../../devices/kinds/index.js';
import type { DeviceKind, Members } from '../../devices/kinds/kind.js';
import type { CreationRequest } from '../../devices/pairing/creation.js';
import type { FilterRules } from '../../kernel/filter.js';
import { Type } from '../../kernel/json-schema.js';

type Schemas = Readonly<Record<string, TSchema>>;
const kinds: readonly DeviceKind[] = DEVICE_TYPES.map((type) => KINDS[type]);

/** The members of every kind together: required when no kind does without, otherwise the kind that needs one says so itself. */
function merged(membersOf: (kind: DeviceKind) => Schemas): Record<string, TSchema> {
  const all = kinds.map(membersOf);
  const isEverywhere = (name: string): boolean => all.every((own) => Object.hasOwn(own, name));
  const members = all.flatMap((own) => Object.entries(own));
  return Object.fromEntries(
    members.map(([name, schema]) => [name, isEverywhere(name) ? schema : Type.Optional(schema)]),
  );
}

const Id = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
/** `fr`, `fr-CA`; `en_GB` is the form some contents use (`30` §9.3). */
const Locale = Type.String({ pattern: '^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}$' });
const Nickname = Type.String({ maxLength: 100 });

/** Characters of what a page has gathered about a browser: as much as a body can hold. */
export const LONGEST_PAYLOAD = 128 * 1024;
/** Sessions are the relying party's; theirs are UUIDs where they come from the reference. */
export const SESSION_ID_LENGTH = 256;

/** The body of a create request (wire: `20` §6.1); members that are not listed are ignored. */
export const CreateBody = Type.Unsafe<CreationRequest | BrowserRequest>(
  Type.Object({
    type: Type.Enum([...DEVICE_TYPES, 'BROWSER']),
    status: Type.Optional(Type.Enum(['ACTIVE', 'ACTIVATION_REQUIRED'])),
    nickname: Type.Optional(Nickname),
    policy: Type.Optional(Type.Object({ id: Type.Optional(Id), type: Type.Optional(Type.String()) })),
    notification: Type.Optional(
      Type.Object({
        template: Type.Optional(
          Type.Object({
            locale: Type.Optional(Locale),
            variant: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
            variables: Type.Optional(Type.Record(Type.String(), Type.String())),
          }),
        ),
        policy: Type.Optional(Type.Object({ id: Type.Optional(Id) })),
      }),
    ),
    testMode: Type.Optional(Type.Boolean()),
    // Of a remembered browser (`20` §16).
    payload: Type.Optional(Type.String({ minLength: 1 })),
    session: Type.Optional(Type.Object({ id: Type.String({ minLength: 1, maxLength: SESSION_ID_LENGTH }) })),
    ...merged((kind) => kind.members),
  }),
);

/** The proof of a pending device (wire: `20` §6.4). */
export const ActivateBody = Type.Unsafe<Members>(Type.Object(merged((kind) => kind.pairing.proof)));

/** `{ "order": [ { "id": … } ] }` (wire: `20` §12); what is no active device is refused as a whole. */
export const ReorderBody = Type.Object({ order: Type.Array(Type.Object({ id: Type.String() })) });

/** `""` clears (wire: `20` §13.1). */
export const NicknameBody = Type.Object({ nickname: Nickname });

/** `20` §13.2. */
export const LogsBody = Type.Object({ status: Type.Enum(['PENDING']) });

/** `20` §4.1; `limit` does not apply and is ignored like any other parameter. */
export const ListQuery = Type.Object({ filter: Type.Optional(Type.String()), expand: Type.Optional(Type.String()) });

/** What a list can be filtered by (`20` §4.1). */
export const DEVICE_FILTER: FilterRules = { attributes: { status: ['eq'], type: ['eq'] }, combinators: ['and'] };

/** The names in `expand`; unknown ones are ignored (`00` §3.5). */
export function expansions(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? '').split(',').map((name) => name.trim()));
}
