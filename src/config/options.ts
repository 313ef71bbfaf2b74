import { FIDO_OPTIONS } from './fido-options.js';
import { LIMIT_OPTIONS } from './limit-options.js';
import { NOTIFICATION_OPTIONS } from './notification-options.js';
import type { Option } from './option.js';
import { OUTBOUND_OPTIONS } from './outbound-options.js';
import { TLS_OPTIONS } from './tls-options.js';

/** Every setting of the server itself; the gateways bring their own rows (`delivery/gateways`). */
export const CORE_OPTIONS = [
  {
    name: 'host',
    kind: 'string',
    default: '127.0.0.1',
    doc: 'Address to listen on. Without `tls-cert` (or `tls`) Postern speaks plain HTTP: put a TLS proxy in front of it then, and use `0.0.0.0` only inside a container or a private network.',
  },
  {
    name: 'port',
    kind: 'integer',
    minimum: 0,
    maximum: 65_535,
    default: '8080',
    doc: 'Port to listen on; `0` takes any that is free.',
  },
  ...TLS_OPTIONS,
  ...FIDO_OPTIONS,
  {
    name: 'data',
    kind: 'string',
    default: './data',
    doc: 'Directory of the embedded database (a local file system, one server process), or `:memory:` to keep nothing. Unused with `database-url`.',
  },
  {
    name: 'database-url',
    kind: 'string',
    secret: true,
    onCommandLine: true,
    doc: 'PostgreSQL instead of the embedded database: `postgres://user:password@host:5432/name`. Any number of servers may share it.',
  },
  {
    name: 'database-pool-size',
    kind: 'integer',
    minimum: 2,
    maximum: 200,
    default: '10',
    unit: 'connections',
    doc: 'PostgreSQL connections that one process opens at most.',
  },
  {
    name: 'api-url',
    kind: 'string',
    doc: 'Public base URL of the management API, used in every link. `/v1` is added when it does not end so. Default: `auth-url` and `/v1`, else the address listened on.',
    productionWarning:
      'Links name the address listened on, which clients cannot reach from elsewhere: set the public URL.',
  },
  {
    name: 'auth-url',
    kind: 'string',
    doc: 'Public base URL of tokens and device authentications, used in every link and as issuer. Default: `api-url` without `/v1`, else the address listened on.',
    productionWarning: 'Tokens name the address listened on as their issuer: set the public URL.',
  },
  {
    name: 'image-url',
    kind: 'string',
    doc: 'Public base URL of the images that environments upload, used in their addresses: a host of its own keeps what tenants upload away from the origin of the API. Requests to it must reach this server. Default: `auth-url`.',
  },
  {
    name: 'domain-environment',
    kind: 'string',
    doc: 'Id of the environment that `auth-url` stands for, as a custom domain does: its keys and its OpenID provider metadata are also read without an id in the path (`/as/jwks`). Without it, these addresses answer 404.',
  },
  {
    name: 'ready-file',
    kind: 'file',
    doc: 'File to write, as JSON, once the server listens, and to remove when it ends: base URLs, ids and credentials for scripts and CI jobs (only its owner can read it).',
  },
  {
    name: 'log-level',
    kind: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    developmentDefault: 'warn',
    doc: 'The least severe entries that are logged. `info` is one JSON line for each request, on standard error.',
  },
  {
    name: 'seed',
    kind: 'file',
    only: 'dev',
    doc: 'YAML or JSON file that describes environments, policies, users, devices and clients, in place of the demo environment (`docs/seed-file.md`).',
  },
  {
    name: 'master-key',
    kind: 'string',
    secret: true,
    doc: 'The key that wraps all others: at least 32 random bytes as base64 or hexadecimal, for example from `openssl rand -base64 32`. `serve` does not start without it; `dev` makes one. Lose it, and what it sealed is lost. Several, separated by white space, while one is being replaced: the first wraps (`docs/cryptography.md`).',
  },
  {
    name: 'master-key-command',
    kind: 'string',
    doc: 'A program that prints the master key, in place of `master-key`: the way to a key management service. It is started without a shell, with the words of this setting as its path and arguments (or a JSON array of them), and has 10 seconds.',
  },
  {
    name: 'test-mode-environments',
    kind: 'list',
    developmentDefault: '*',
    doc: 'Ids of the environments in which devices with `testMode` are allowed, whose codes the API itself returns; `*` for all.',
  },
  {
    name: 'cors-origins',
    kind: 'list',
    developmentDefault: 'loopback',
    doc: 'Origins of web pages that may call the management API and device authentications, such as `https://admin.example.org`; `loopback`, alone, for every `localhost`, `127.0.0.1` and `[::1]`.',
  },
  {
    name: 'metrics-host',
    kind: 'string',
    default: '127.0.0.1',
    doc: 'Address on which metrics are served. They need no token and tell how much you send to which country: keep them off public networks.',
  },
  {
    name: 'metrics-port',
    kind: 'integer',
    minimum: 0,
    maximum: 65_535,
    default: '9464',
    developmentDefault: '0',
    doc: 'Port on which `GET /metrics` answers in the Prometheus text format (`docs/operations.md`); `0` for none. While another process has it, the server runs without and tries again.',
  },
  {
    name: 'trace-endpoint',
    kind: 'string',
    doc: 'Base URL of an OpenTelemetry collector that takes traces by OTLP over HTTP, such as `http://127.0.0.1:4318`; `/v1/traces` is added. Default: the variable `OTEL_EXPORTER_OTLP_ENDPOINT`; without either there are no traces.',
  },
  {
    name: 'audit-retention',
    kind: 'integer',
    minimum: 1,
    maximum: 3_650,
    default: '90',
    unit: 'days',
    doc: 'How long the records of the audit trail are kept (`docs/audit.md`). The API shows the last 14 days of them at most.',
  },
  {
    name: 'bootstrap-secret-life',
    kind: 'integer',
    minimum: 1,
    maximum: 720,
    default: '24',
    unit: 'hours',
    doc: 'How long the secret that `postern bootstrap` prints is good. With it, make the application that stays (`docs/operations.md`).',
  },
  {
    name: 'shutdown-grace',
    kind: 'integer',
    minimum: 0,
    maximum: 20,
    default: '3',
    developmentDefault: '1',
    unit: 'seconds',
    doc: 'How long the server still takes requests after `SIGTERM` while it reports that it is not ready, so that load balancers look elsewhere first. `SIGINT` and a second signal skip it.',
  },
  {
    name: 'reuse-assertions',
    kind: 'boolean',
    doc: 'Whether a client may present one assertion (`client_secret_jwt`, `private_key_jwt`) again until it ends, as the reference has it, which does not look at `jti`. Off, an assertion that has one is good once, for all servers of a database together, and nobody who read it along the way can use it too. Default: on, in the `strict` profile off.',
  },
  {
    name: 'recovery-codes',
    kind: 'boolean',
    default: 'false',
    doc: 'Whether users can have recovery codes: an extension outside the reference, below `/v1/ext` and `/ext` (`docs/recovery-codes.md`). Off, those paths are not there.',
  },
  ...NOTIFICATION_OPTIONS,
  ...OUTBOUND_OPTIONS,
  ...LIMIT_OPTIONS,
] as const satisfies readonly Option[];
