import type { Option } from './option.js';

/** What is known of authenticators. */
export const FIDO_OPTIONS = [
  {
    name: 'fido-metadata',
    kind: 'string',
    doc: 'The signed BLOB of the FIDO Metadata Service: the path of a file, or an https URL such as `https://mds3.fidoalliance.org/`. Read at the start; then a file every six hours, a URL when the next BLOB is due, once a day at the least. Requests go only where `outbound-networks` and `outbound-ports` let them. A BLOB that does not verify, or is older than one that was in force in this installation, leaves the one before in force. Without it, FIDO policies that demand authenticators of the metadata take none.',
  },
  {
    name: 'fido-metadata-root',
    kind: 'file',
    doc: 'PEM file with the root certificates to believe `fido-metadata` by, instead of those of the FIDO Alliance’s service: for a metadata service of your own.',
  },
] as const satisfies readonly Option[];
