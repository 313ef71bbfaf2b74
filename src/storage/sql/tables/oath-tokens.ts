import { type OathToken, serialKey } from '../../../devices/oath/token.js';
import { Sealed, type SealedPlace } from '../../../kernel/sealed.js';
import type { EnvironmentId } from '../../../platform/model.js';
import type { Plan } from '../../port.js';
import { decode, document, integer, type SealingVault, sealInto, text } from '../row.js';
import { type Call, call, type Row, statement, type Value } from '../statement.js';

const COLUMNS = 'id, version, document, secret, created_at';

type Body = Omit<OathToken, 'id' | 'environmentId' | 'version' | 'secret' | 'createdAt'>;

export const oathTokenPlace = (environmentId: string, id: string): SealedPlace => ({
  table: 'oath_tokens',
  column: 'secret',
  environmentId,
  row: id,
});

export function toOathToken(environmentId: EnvironmentId, row: Row): OathToken {
  return decode('oath_tokens', row[0], () => {
    const id = text(row, 0) as OathToken['id'];
    return Object.assign(
      document<Body>(row, 2, ['serialNumber', 'otpLength', 'algorithm', 'clock', 'lastStep', 'updatedAt']),
      {
        id,
        environmentId,
        version: integer(row, 1),
        secret: new Sealed(text(row, 3), oathTokenPlace(environmentId, id)),
        createdAt: integer(row, 4),
      },
    );
  });
}

export function oathTokenValues(token: OathToken, vault: SealingVault): Record<string, Value> {
  const { id, environmentId, version, secret, createdAt, ...body } = token;
  return {
    environment: environmentId,
    id,
    version,
    serialKey: serialKey(body.serialNumber),
    document: JSON.stringify(body satisfies Body),
    secret: sealInto(vault, secret, oathTokenPlace(environmentId, id)),
    createdAt,
  };
}

/** No row: the serial number is taken. */
export const insertOathToken = statement(
  'count',
  `insert into oath_tokens (environment_id, id, version, serial_key, document, secret, created_at)
   values (:environment, :id, 1, :serialKey, :document, :secret, :createdAt) on conflict do nothing`,
);

export const updateOathToken = statement(
  'count',
  `update oath_tokens set version = version + 1, document = :document, secret = :secret
   where environment_id = :environment and id = :id and version = :version`,
);

export const deleteOathToken = statement(
  'count',
  'delete from oath_tokens where environment_id = :environment and id = :id and version = :version',
);

export const selectOathToken = statement(
  'rows',
  `select ${COLUMNS} from oath_tokens where environment_id = :environment and id = :id`,
);

export const findOathToken = statement(
  'rows',
  `select ${COLUMNS} from oath_tokens where environment_id = :environment and serial_key = :serialKey`,
);

/** The look-up of one that a plan names. */
export function oathTokenCall(environment: EnvironmentId, of: NonNullable<Plan['oathTokens']>[number]): Call {
  return 'id' in of
    ? call(selectOathToken, { environment, id: of.id })
    : call(findOathToken, { environment, serialKey: serialKey(of.serialNumber) });
}

export const listOathTokens = statement(
  'rows',
  `select ${COLUMNS} from oath_tokens
   where environment_id = :environment and (created_at, id) > (cast(:createdAt as bigint), :id)
   order by created_at, id limit cast(:limit as bigint)`,
);

export const listOathTokensBackwards = statement(
  'rows',
  `select ${COLUMNS} from oath_tokens
   where environment_id = :environment and (created_at, id) < (cast(:createdAt as bigint), :id)
   order by created_at desc, id desc limit cast(:limit as bigint)`,
);

export const countOathTokens = statement('row', 'select count(*) from oath_tokens where environment_id = :environment');
