import type { AccountRejection } from '../accounts/rejection.js';
import type { ManagedRejection } from '../platform/managed/rejection.js';

/** Why an address is not trusted. */
export type SenderRejection =
  | ManagedRejection
  | Extract<
      AccountRejection,
      { readonly kind: 'Undeliverable' | 'SendRefused' | 'CodesLocked' | 'CodeDead' | 'CodeMalformed' | 'CodeWrong' }
    >
  /** Nobody has shown whose domain it is. */
  | { readonly kind: 'DomainUnproved' }
  /** It needs no code. */
  | { readonly kind: 'AlreadyActive' };
