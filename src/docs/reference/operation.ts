/** An operation that the reference describes, whether or not this server has it. */
export interface ReferenceOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly base: 'api' | 'auth';
  /** With `:name` for ids. */
  readonly path: string;
  /** The action's media type in short (`otp.check`), or as it is when it is none, where one path carries several operations. */
  readonly action?: string;
  readonly summary: string;
  /** Section of the reference's description: `10 §7.3`. */
  readonly source: string;
}

export interface ReferenceGroup {
  readonly title: string;
  readonly operations: readonly ReferenceOperation[];
}

type Row = readonly [line: string, summary: string];

/**
 * Rows such as `['POST /:env/deviceAuthentications/:id otp.check', 'Check a code']`, all of one section. `env` stands for
 * `/environments/:env` below the API's base.
 */
export function operations(base: 'api' | 'auth', source: string, rows: readonly Row[]): readonly ReferenceOperation[] {
  return rows.map(([line, summary]) => {
    const [method = '', path = '', action] = line.split(' ');
    if (!isMethod(method)) throw new TypeError(`not a method: ${line}`);
    return {
      method,
      base,
      path: path.replace(/^env(?=\/|$)/, '/environments/:env'),
      ...(action === undefined ? {} : { action }),
      summary,
      source,
    };
  });
}

function isMethod(text: string): text is ReferenceOperation['method'] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(text);
}

/** The five operations of a managed collection. */
export function managed(source: string, path: string, one: string, many: string): readonly ReferenceOperation[] {
  return operations('api', source, [
    [`GET ${path}`, `List ${many}`],
    [`POST ${path}`, `Create ${one}`],
    [`GET ${path}/:id`, `Read ${one}`],
    [`PUT ${path}/:id`, `Replace ${one}`],
    [`DELETE ${path}/:id`, `Delete ${one}`],
  ]);
}
