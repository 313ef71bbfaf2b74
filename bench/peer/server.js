/**
 * better-auth with its `twoFactor` plugin as a sign-in's second step: send-otp → verify-otp → session. Its production set-up:
 * a long secret, codes hashed, its own migrations with their indexes, no telemetry, `NODE_ENV=production`; its rate limit is off,
 * as it would refuse the load. SQLite is durable as everywhere else in the bench (WAL, `synchronous=FULL`).
 *
 * The password step is not measured, it is scrypt by design. So the server begins with `challenges` sign-ins that have just
 * passed it: one true sign-in, and the rest made by the same calls that its sign-in hook makes. Their cookies go into a file.
 * argv: JSON { sqlite: file } or { postgres: url, poolSize }, with { challenges, cookies: file }
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { generateRandomString } from 'better-auth/crypto';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { twoFactor } from 'better-auth/plugins';
import { serializeSignedCookie } from 'better-call';
import { SqliteDialect } from 'kysely';
import Database from 'libsql';
import pg from 'pg';

const plan = JSON.parse(process.argv[2]);
const USERS = 16;
const CHALLENGE_MILLIS = 600_000;
const PASSWORD = 'correct horse battery staple';

const listener = { handle: undefined };
const server = createServer((request, response) => listener.handle(request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}`;

const sqlite = plan.sqlite === undefined ? undefined : openSqlite(plan.sqlite);
const auth = betterAuth({
  baseURL,
  secret: randomBytes(32).toString('base64'),
  database: sqlite
    ? { dialect: new SqliteDialect({ database: sqlite }), type: 'sqlite' }
    : new pg.Pool({ connectionString: plan.postgres, max: plan.poolSize }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [
    twoFactor({
      otpOptions: {
        storeOTP: 'hashed',
        // In place of sending it.
        sendOTP: ({ otp }, ctx) => ctx.setHeader('x-bench-otp', otp),
      },
    }),
  ],
});

function openSqlite(file) {
  const database = new Database(file);
  database.exec('PRAGMA journal_mode=WAL');
  database.exec('PRAGMA synchronous=FULL');
  return database;
}

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
const context = await auth.$context;

async function signUp(number) {
  const email = `user${number}@example.org`;
  const { user } = await auth.api.signUpEmail({ body: { email, name: `User ${number}`, password: PASSWORD } });
  await context.internalAdapter.updateUser(user.id, { twoFactorEnabled: true });
  return { id: user.id, email };
}

/** A password sign-in as a browser makes it; returns the pending challenge's cookie. */
async function signIn(email) {
  const response = await auth.handler(
    new Request(`${baseURL}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: baseURL },
      body: JSON.stringify({ email, password: PASSWORD }),
    }),
  );
  const { twoFactorRedirect } = await response.json();
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith(`${cookieName}=`) && !one.includes('=;'));
  if (!twoFactorRedirect || !cookie) throw new Error('a sign-in did not ask for the second factor');
  return cookie.split(';')[0];
}

const cookieName = context.createAuthCookie('two_factor').name;
const sign = (identifier) => serializeSignedCookie(cookieName, identifier, context.secret);

/** What the plugin's hook does once the password was right. */
async function challenge(userId) {
  const identifier = `2fa-${generateRandomString(20)}`;
  const expiresAt = new Date(Date.now() + CHALLENGE_MILLIS);
  await context.internalAdapter.createVerificationValue({ value: userId, identifier, expiresAt });
  const attempts = `2fa-attempts-${identifier}`;
  await context.internalAdapter.createVerificationValue({ value: '0', identifier: attempts, expiresAt });
  return sign(identifier);
}

const users = await Promise.all(Array.from({ length: USERS }, (_, number) => signUp(number)));
const trueCookie = await signIn(users[0].email);
const identifier = decodeURIComponent(trueCookie.slice(cookieName.length + 1)).split('.')[0];
if ((await sign(identifier)) !== trueCookie)
  throw new Error('the challenges made here are not those of a true sign-in');

const cookies = [trueCookie];
// Nobody waits for the durability of what is prepared.
sqlite?.exec('PRAGMA synchronous=OFF');
while (cookies.length < plan.challenges) cookies.push(...(await Promise.all(users.map(({ id }) => challenge(id)))));
sqlite?.exec('PRAGMA synchronous=FULL');
writeFileSync(plan.cookies, JSON.stringify(cookies));

listener.handle = toNodeHandler(auth);
console.log(JSON.stringify({ port: server.address().port, pid: process.pid }));
