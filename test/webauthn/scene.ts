import { type Fido2PolicyDocument, factoryFido2Policies } from '../../src/policies/fido2/fido2-policy-document.js';
import { type Postern, type PosternAnswer, type PosternOptions, startPostern } from '../helpers/postern.js';
import type { Lies, SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { ORIGIN } from './relying-party.js';

export { ORIGIN, RP_ID } from './relying-party.js';

export type Json = Readonly<Record<string, unknown>>;
export interface Answer extends PosternAnswer {
  readonly body: Json;
}

/** A business event, as the log has it. */
export interface Told {
  readonly type?: string;
  readonly deviceId?: string;
  readonly detail?: Json;
}

let names = 0;

/** A server, a user with MFA on, and FIDO2 through its API alone. */
export class Scene implements AsyncDisposable {
  readonly postern: Postern;
  user = '';
  readonly #told: readonly Told[];

  private constructor(postern: Postern, told: readonly Told[]) {
    this.postern = postern;
    this.#told = told;
  }

  static async open(options: PosternOptions = {}): Promise<Scene> {
    const told: Told[] = [];
    const tell = (fields: object): void => {
      told.push(fields as Told);
    };
    const logger = { debug: tell, info: tell, warn: tell, error: tell };
    const scene = new Scene(await startPostern({ logger, ...options }), told);
    scene.user = await scene.newUser();
    return scene;
  }

  /** Changes the environment's default FIDO policy, from what the factory gives it. */
  async setFido2Policy(changes: Partial<Fido2PolicyDocument> = {}): Promise<void> {
    const policies = `${this.#environment}/fido2Policies`;
    const { _embedded } = (await this.ask('GET', policies)).body as { _embedded: { fido2Policies: readonly Json[] } };
    const chosen = _embedded.fido2Policies.find((policy) => policy['default'] === true);
    const [factory] = factoryFido2Policies(new URL(this.postern.authPath).hostname);
    const answer = await this.ask('PUT', `${policies}/${chosen?.['id']}`, { ...factory, ...changes });
    if (answer.status !== 200) throw new Error(answer.text);
  }

  /** What was reported of a device. */
  events(device: string, type: RegExp): readonly Told[] {
    return this.#told.filter((event) => event.deviceId === device && type.test(event.type ?? ''));
  }

  async newUser(): Promise<string> {
    const { postern } = this;
    const username = `passkey-user-${++names}`;
    const made = await this.ask('POST', `${this.#environment}/users`, {
      ...{ username, email: `${username}@example.org`, mfaEnabled: true },
      population: { id: postern.populationId },
    });
    return String(made.body['id']);
  }

  async ask(method: string, url: string, body?: object | string, type = 'application/json'): Promise<Answer> {
    const answer = await this.postern.send({
      ...{ method, url },
      ...(body === undefined
        ? {}
        : { contentType: type, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { ...answer, body: (answer.body ?? {}) as Json };
  }

  get #environment(): string {
    return `${this.postern.apiPath}/environments/${this.postern.environmentId}`;
  }

  devicesUrl(user = this.user): string {
    return `${this.#environment}/users/${user}/devices`;
  }

  get flowsUrl(): string {
    return `${this.postern.authPath}/${this.postern.environmentId}/deviceAuthentications`;
  }

  pair(body: Json = {}, user = this.user): Promise<Answer> {
    return this.ask('POST', this.devicesUrl(user), { type: 'FIDO2', ...body });
  }

  activate(device: unknown, body: object, user = this.user): Promise<Answer> {
    const url = `${this.devicesUrl(user)}/${device}`;
    return this.ask('POST', url, body, 'application/vnd.pingidentity.device.activate+json');
  }

  readDevice(device: unknown, user = this.user): Promise<Answer> {
    return this.ask('GET', `${this.devicesUrl(user)}/${device}`);
  }

  /** Creates a device and activates it with this authenticator. */
  async register(
    authenticator: SoftAuthenticator,
    { body = {}, lies = {}, origin = ORIGIN, user = this.user }: Registering = {},
  ): Promise<{ readonly device: string; readonly answer: Answer }> {
    const pending = await this.pair(body, user);
    if (pending.status !== 201) throw new Error(pending.text);
    const options = String(pending.body['publicKeyCredentialCreationOptions']);
    const attestation = authenticator.register(options, origin, lies);
    const device = String(pending.body['id']);
    return { device, answer: await this.activate(device, { origin, attestation }, user) };
  }

  begin(body: Json = {}, user: string | undefined = this.user): Promise<Answer> {
    return this.ask('POST', this.flowsUrl, { ...(user === undefined ? {} : { user: { id: user } }), ...body });
  }

  /** A flow without a user. */
  discover(body: Json = {}): Promise<Answer> {
    return this.ask('POST', this.flowsUrl, body);
  }

  read(flow: Answer): Promise<Answer> {
    return this.ask('GET', `${this.flowsUrl}/${flow.body['id']}`);
  }

  act(flow: Answer, action: string, body: object): Promise<Answer> {
    return this.ask('POST', `${this.flowsUrl}/${flow.body['id']}`, body, `application/vnd.pingidentity.${action}+json`);
  }

  /** Answers a flow's challenge with this authenticator. */
  assert(flow: Answer, authenticator: SoftAuthenticator, lies: Lies = {}, origin = ORIGIN): Promise<Answer> {
    const options = String(flow.body['publicKeyCredentialRequestOptions']);
    return this.act(flow, 'assertion.check', { origin, assertion: authenticator.assert(options, origin, lies) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.postern[Symbol.asyncDispose]());
  }
}

export interface Registering {
  readonly body?: Json;
  readonly lies?: Lies;
  readonly origin?: string;
  readonly user?: string;
}
