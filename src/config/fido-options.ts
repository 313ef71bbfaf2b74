import type { Option } from './option.js';

/** What is known of authenticators. */
export const FIDO_OPTIONS = [
  {
    name: 'fido-metadata',
    kind: 'string',
    doc: 'The signed BLOB of the FIDO Metadata Service: the path of a file, or an https URL such as `https://mds3.fidoalliance.org/`. Read at the start and every six hours; one that is not newer, or does not verify, leaves the one before in force. Without it, FIDO policies that demand authenticators of the metadata take none.',
  },
  {
    name: 'fido-metadata-root',
    kind: 'file',
    doc: 'PEM file with the root certificate to believe `fido-metadata` by, instead of the root of the FIDO Alliance: for a metadata service of your own.',
  },
] as const satisfies readonly Option[];
