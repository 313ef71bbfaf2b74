import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AssertionTerms, verifyAssertion } from '../../src/webauthn/assertion.js';
import { type Certificate, parseCertificate } from '../../src/webauthn/certificate.js';
import { leadsToAnchor } from '../../src/webauthn/chain.js';
import { type RegistrationTerms, verifyRegistration } from '../../src/webauthn/registration.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

interface Vector {
  readonly id: string;
  readonly registration: {
    readonly challenge: string;
    readonly aaguid?: string;
    readonly credential_id: string;
    readonly clientDataJSON: string;
    readonly attestationObject: string;
  };
  readonly authentication: {
    readonly challenge: string;
    readonly authenticatorData: string;
    readonly clientDataJSON: string;
    readonly signature: string;
  };
}

const {
  rpId,
  origin,
  attestationRoot,
  vectors,
}: { rpId: string; origin: string; attestationRoot: string; vectors: readonly Vector[] } = JSON.parse(
  readFileSync(new URL('./vectors/webauthn-level-3.json', import.meta.url), 'utf8'),
);

/** Everything that WebAuthn has a vector for; what this server offers is less. */
const ALGORITHMS = [-7, -8, -35, -36, -37, -53, -257];
const NOW = Date.UTC(2026, 0, 1);
/** In a frame of another site: the vectors are right, and refused here for that and nothing else. */
const FRAMED = ['none-es256-crossOrigin', 'none-es256-topOrigin'];
const direct = vectors.filter(({ id }) => !FRAMED.includes(id));
const framed = vectors.filter(({ id }) => FRAMED.includes(id));

const terms = { rpId, origin, allowsSubdomains: false, requiresUserVerification: false, allowsBackupEligible: true };

function register({ registration }: Vector, changed: Partial<RegistrationTerms> = {}) {
  return verifyRegistration(
    {
      credentialId: hex(registration.credential_id),
      clientDataJson: hex(registration.clientDataJSON),
      attestationObject: hex(registration.attestationObject),
      transports: [],
    },
    { ...terms, challenge: hex(registration.challenge), algorithms: ALGORITHMS, ...changed },
  );
}

function authenticate(vector: Vector, signature: Buffer, changed: Partial<AssertionTerms> = {}) {
  const registered = register(vector);
  if (!registered.ok) throw new Error(`${vector.id}: ${registered.rejection}`);
  const { challenge, authenticatorData, clientDataJSON } = vector.authentication;
  return verifyAssertion(
    {
      credentialId: registered.value.credentialId,
      clientDataJson: hex(clientDataJSON),
      authenticatorData: hex(authenticatorData),
      signature,
    },
    registered.value,
    { ...terms, challenge: hex(challenge), userHandle: Buffer.alloc(32), requiresUserHandle: false, ...changed },
  );
}

function rootCertificate(): Certificate {
  const root = parseCertificate(hex(attestationRoot));
  if (!root) throw new Error('the root does not parse');
  return root;
}

describe('the test vectors of WebAuthn Level 3 (§16; SEC-30, SEC-92)', () => {
  it('are all there', () => {
    expect(direct.length).toBe(13);
    expect(framed.length).toBe(2);
  });

  it.each(direct.map((vector) => [vector.id, vector] as const))('%s registers', (id, vector) => {
    const result = register(vector);
    expect(result).toMatchObject({ ok: true });
    if (!result.ok) return;
    expect(result.value.credentialId.toString('hex')).toBe(vector.registration.credential_id);
    if (vector.registration.aaguid) expect(result.value.aaguid.toString('hex')).toBe(vector.registration.aaguid);
    expect(id.startsWith(result.value.format)).toBe(true);
  });

  it('attest with a certificate that leads to the root, and to no other certificate (SEC-29)', () => {
    const root = rootCertificate();
    const certified = direct.flatMap((vector) => {
      const result = register(vector);
      return result.ok && result.value.proof.kind === 'certified'
        ? [[vector.id, result.value.proof.chain] as const]
        : [];
    });
    expect(certified.length).toBe(10);
    for (const [id, chain] of certified) {
      expect([id, leadsToAnchor(chain, [root], NOW)]).toEqual([id, true]);
      expect([id, leadsToAnchor(chain, [], NOW)]).toEqual([id, false]);
      expect([id, leadsToAnchor(chain, [root], Date.UTC(2023, 0, 1))]).toEqual([id, false]);
    }
  });

  it.each(direct.map((vector) => [vector.id, vector] as const))('%s authenticates', (_id, vector) => {
    const signature = hex(vector.authentication.signature);
    expect(authenticate(vector, signature)).toMatchObject({ ok: true });
    const other = Buffer.from(signature);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    expect(authenticate(vector, other)).toEqual({ ok: false, rejection: 'SIGNATURE' });
  });

  it('from a frame of another site are refused for that alone (SEC-25)', () => {
    for (const vector of framed) expect(register(vector)).toEqual({ ok: false, rejection: 'CROSS_ORIGIN' });
  });

  it('register only with an algorithm that was offered (SEC-25)', () => {
    const refused = direct.filter((vector) => !register(vector, { algorithms: [-7, -37, -257] }).ok);
    expect(refused.map(({ id }) => id)).toEqual(['packed-es384', 'packed-es512', 'packed-eddsa', 'packed-ed448']);
  });

  it('prove nothing with a byte of their attestation object changed, and never fail to answer (SEC-30)', () => {
    // A U2F token signs neither its count nor its AAGUID nor its flags (L3 §8.6).
    for (const vector of direct.filter(({ id }) => id !== 'fido-u2f-es256')) {
      const object = hex(vector.registration.attestationObject);
      const step = Math.ceil(object.length / 60);
      for (let at = 0; at < object.length; at += step) {
        const changed = Buffer.from(object);
        changed[at] = (changed[at] ?? 0) ^ 0x04;
        const registration = { ...vector.registration, attestationObject: changed.toString('hex') };
        const result = register({ ...vector, registration });
        if (!result.ok) continue;
        // Without a statement nothing covers AAGUID, count and key; a certificate is covered by its issuer's signature.
        const { format, proof } = result.value;
        const isProof = proof.kind === 'certified' && leadsToAnchor(proof.chain, [rootCertificate()], NOW);
        expect([vector.id, at, format === 'none' || !isProof]).toEqual([vector.id, at, true]);
      }
    }
  });
});
