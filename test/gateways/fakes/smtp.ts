import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { CERTIFICATE_FILE, localhostIdentity } from './identity.js';
import type { Behaviour, Delivered, Rig } from './rig.js';

const PASSWORD = 'pass word/of:mail';

export interface SmtpRig extends Rig {
  /** `EHLO` offers STARTTLS or not. */
  readonly port: number;
  readonly mails: readonly { readonly from: string; readonly to: readonly string[]; readonly data: string }[];
}

/** A mail server of this machine, with a certificate that only `smtp-ca-file` vouches for. */
export async function startSmtp(options: { readonly starttls?: boolean } = {}): Promise<SmtpRig> {
  let behaviour: Behaviour = 'accept';
  const mails: { from: string; to: string[]; data: string }[] = [];
  const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    ...localhostIdentity(),
    authMethods: ['PLAIN'],
    ...(options.starttls === false
      ? { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }
      : {}),
    logger: false,
    onAuth({ username, password }, _session, done) {
      const known = username === 'post@office' && password === PASSWORD && behaviour !== 'unauthorized';
      done(known ? null : refusal(535, 'who are you'), known ? { user: username } : undefined);
    },
    onRcptTo(_address, _session, done) {
      if (behaviour === 'hang') return;
      if (behaviour === 'transient') return done(refusal(451, 'the mailbox of jane@example.com with 482915 is busy'));
      if (behaviour === 'permanent') return done(refusal(550, 'no mailbox of jane@example.com with 482915'));
      done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          data: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
  });
  server.on('error', () => {});
  const listening = await new Promise<AddressInfo>((resolve) => {
    const { server: socket } = server;
    server.listen(0, '127.0.0.1', () => resolve(socket.address() as AddressInfo));
  });
  return {
    port: listening.port,
    mails,
    settings: {
      'smtp-url': `smtp://${encodeURIComponent('post@office')}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${listening.port}`,
      'smtp-from': 'Example Codes <codes@example.org>',
      'smtp-require-tls': 'true',
      'smtp-ca-file': CERTIFICATE_FILE,
    },
    secrets: [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString('base64')],
    behave(next) {
      behaviour = next;
      if (next === 'gone') server.close();
    },
    delivered: (): readonly Delivered[] => mails.map(({ to, data }) => ({ to: to.join(), data })),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
