import type { PhoneAccount } from '../../config/phone-accounts.js';
import type { JsonObject } from '../../kernel/json.js';
import { equalDigests, sha256 } from '../../kernel/keys.js';
import type { Rule } from '../../platform/managed/resource.js';

export type VendorAccount = PhoneAccount;

/**
 * Logs in to the vendor and learns of the account's numbers, without the vendor: the accounts that the operator has listed stand
 * for it (`30` §8.1). The numbers are filled in when none are sent.
 */
export function vendorLogin(accounts: readonly VendorAccount[]): Rule {
  return {
    problems({ document }) {
      if (document['provider'] === 'CUSTOM_PROVIDER' || accountOf(document, accounts)) return [];
      return [{ problem: 'invalid', target: 'authToken', message: 'Authentication error' }];
    },
    completes({ document }) {
      const account = accountOf(document, accounts);
      if (!account || document['numbers'] !== undefined) return document;
      const numbers = account.numbers.map(({ number, type, capabilities }) => ({
        number,
        type,
        capabilities,
        available: true,
        selected: false,
      }));
      return { ...document, numbers };
    },
  };
}

function accountOf(
  { provider, sid, authToken }: JsonObject,
  accounts: readonly VendorAccount[],
): VendorAccount | undefined {
  if (typeof authToken !== 'string') return undefined;
  return accounts.find(
    (account) =>
      account.provider === provider &&
      account.sid === sid &&
      // Digests, so that the time tells nothing of a token's beginning.
      equalDigests(sha256(account.authToken.reveal()), sha256(authToken)),
  );
}
