/**
 * Why a ceremony was refused, for records and tests: the wire says less (`10` §11.4, `20` §8.3). The first problem found, in the
 * order of WebAuthn L3 §7.1 and §7.2.
 */
export type CeremonyProblem =
  /** The credential, its client data or its authenticator data does not read. */
  | 'MALFORMED'
  | 'CLIENT_DATA_TYPE'
  | 'CHALLENGE'
  /** Another page than the one named, or one that does not belong to the RP ID. */
  | 'ORIGIN'
  /** In a frame of another site. */
  | 'CROSS_ORIGIN'
  | 'RP_ID'
  | 'USER_PRESENCE'
  | 'USER_VERIFICATION'
  /** Backed up though not eligible, or eligible now and not then. */
  | 'BACKUP_FLAGS'
  /** Backup-eligible where the policy allows none. */
  | 'BACKUP_ELIGIBLE'
  /** None that was offered. */
  | 'ALGORITHM'
  | 'PUBLIC_KEY'
  /** Another credential than the one that the authenticator data names. */
  | 'CREDENTIAL_ID'
  | 'FORMAT'
  /** The statement does not prove what it says. */
  | 'ATTESTATION'
  /** No chain to an anchor that is trusted for this authenticator, or no metadata for it. */
  | 'UNTRUSTED'
  /** Trusted, but not one that the policy allows. */
  | 'NOT_ALLOWED'
  /** Its metadata reports it as revoked or compromised. */
  | 'COMPROMISED'
  | 'USER_HANDLE'
  | 'SIGNATURE'
  /** Not greater than the last one: there may be a copy of the authenticator (SEC-28). */
  | 'SIGN_COUNT';
