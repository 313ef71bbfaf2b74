import type { Trust } from './composition.js';
import type { FullReadyFile } from './ready-file.js';
import type { Trial } from './world-facts.js';

/** What the banner shows beside the ready file. */
export interface BannerFacts {
  readonly ready: FullReadyFile;
  readonly environmentName: string;
  readonly trial: Trial | undefined;
  readonly database: string;
  readonly trust?: Trust | undefined;
  readonly version: string;
  readonly notices: readonly string[];
}

const RULE = '─'.repeat(78);

/** What `postern dev` prints once it listens: addresses, ids, credentials, and a session that can be pasted. */
export function banner({ ready, environmentName, trial, database, trust, version, notices }: BannerFacts): string {
  const rows: readonly (readonly [string, string])[] = [
    ['API', ready.apiPath],
    ['Auth', ready.authPath],
    ['Inbox', ready.inboxUrl],
    ['Database', database],
    ['', ''],
    ['Environment', `${ready.environmentId}  ${environmentName}`],
    ['Organization', `${ready.organizationId}  (licence ${ready.licenseId})`],
    ['Policy', `${ready.deviceAuthPolicyId}  (default)`],
    ['Client id', ready.clientId],
    ['Client secret', ready.clientSecret],
    ...ready.users.slice(0, 5).map((user, at): readonly [string, string] => [at === 0 ? 'Users' : '', userText(user)]),
    ...(ready.users.length > 5 ? [['', `… and ${ready.users.length - 5} more`] as const] : []),
  ];
  return [
    '',
    `Postern ${version} · development`,
    RULE,
    ...rows.map(([label, value]) => (label === '' && value === '' ? '' : `  ${label.padEnd(14)}${value}`)),
    RULE,
    '',
    ...(trust ? [trustText(trust), ''] : []),
    ...(trial ? ['One MFA, to paste into a shell:', '', curlSession(ready, trial), ''] : []),
    ...notices.map((notice) => `! ${notice}`),
    '',
  ].join('\n');
}

/** What a shell and the hosts file need before clients come by https. */
function trustText({ authorityFile, hostsLine }: Trust): string {
  const file = quoted(authorityFile);
  return [
    'The certificate is by a CA made for this server. To trust it, before clients start:',
    '',
    `export SSL_CERT_FILE=${file}         # Go, Terraform, OpenSSL, Python's ssl`,
    `export NODE_EXTRA_CA_CERTS=${file}   # Node.js`,
    `curl --cacert ${file} …`,
    ...(hostsLine === undefined ? [] : ['', 'These names must lead here. The line for /etc/hosts:', '', hostsLine]),
  ].join('\n');
}

function userText({ id, username, devices }: FullReadyFile['users'][number]): string {
  const types = devices.map(({ type }) => type).join(', ');
  return `${id}  ${username}${types === '' ? '' : ` (${types})`}`;
}

/** Token, start, read the code, check it: `curl`, `sed` and `grep` are all it needs. */
export function curlSession(ready: FullReadyFile, trial: Trial): string {
  const body = JSON.stringify({ user: { id: trial.userId }, selectedDevice: trial.selectedDevice });
  const credentials =
    trial.clientMethod === 'CLIENT_SECRET_POST'
      ? `-d client_id=${ready.clientId} --data-urlencode ${quoted(`client_secret=${ready.clientSecret}`)}`
      : `-u ${quoted(`${ready.clientId}:${ready.clientSecret}`)}`;
  const trust = ready.caFile === undefined ? '' : `export CURL_CA_BUNDLE=${quoted(ready.caFile)}\n`;
  return `${trust}AUTH=${ready.authPath}/${ready.environmentId}
TOKEN=$(curl -s ${credentials} \\
  -d grant_type=client_credentials $AUTH/as/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

# 1. Start a device authentication: a code goes out.
ID=$(curl -s $AUTH/deviceAuthentications -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '${body}' \\
  | grep -o 'deviceAuthentications/[0-9a-f-]*' | head -n 1 | cut -d / -f 2)

# 2. Read the code, as the user would.
OTP=$(curl -s "${ready.inboxUrl}/messages?deviceAuthentication=$ID&wait=5" \\
  | sed 's/.*"otp":"\\([0-9]*\\)".*/\\1/')

# 3. Check it: the status is COMPLETED.
curl -s $AUTH/deviceAuthentications/$ID -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/vnd.pingidentity.otp.check+json' -d "{\\"otp\\":\\"$OTP\\"}"; echo`;
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w.:=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
