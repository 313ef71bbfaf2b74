import type { TProperties, TSchema } from 'typebox';
import type { FilterRules, FilterValue } from '../../kernel/filter.js';
import type { JsonObject } from '../../kernel/json.js';
import type { ManagedResource, SingletonResource } from '../../platform/managed/resource.js';
import type { DocumentKind, EnvironmentId, StoredDocument } from '../../platform/model.js';
import type { RefusalTexts } from '../rejections/managed.js';
import type { Permission } from '../route.js';

/** Documents of another kind that a list shows below each item when it is asked to (`00` §3.5). */
export interface Expansion {
  /** What `expand` says, and the name of the array in the item's `_embedded`. */
  readonly name: string;
  readonly kind: DocumentKind;
  readonly isBelow: (item: StoredDocument, other: StoredDocument) => boolean;
  readonly schema: TSchema;
  readonly view: (other: StoredDocument) => JsonObject;
}

/** Members of responses that stand elsewhere, looked up at once for all that one response shows. */
export interface Gathering {
  readonly schema: TProperties;
  readonly members: (
    environmentId: EnvironmentId,
    shown: readonly StoredDocument[],
  ) => Promise<(one: StoredDocument) => JsonObject>;
}

interface Common {
  /** Begins the ids of the operations: `fido2Policy` in `fido2Policy.create`. */
  readonly id: string;
  /** `a FIDO policy` */
  readonly one: string;
  /** `30 §2.1` */
  readonly source: string;
  readonly path: string;
  /** Parameters of the path that are names and not ids. */
  readonly names?: readonly string[];
  /** Characters of the longest text in a body, where that is more than usual. */
  readonly longestText?: number;
  /** `one`: of reading and replacing a single one, where these may be had without the rest. */
  readonly permission: {
    readonly read: Permission;
    readonly write: Permission;
    readonly one?: { readonly read: Permission; readonly write: Permission };
  };
  /** Which of `createdAt` and `updatedAt` the resource's own table lists (`30` §0.2). */
  readonly timestamps: 'both' | 'updatedAt' | 'none';
  /** Members that only responses have, beside the usual ones. */
  readonly adds?: { readonly schema: TProperties; readonly members: (stored: StoredDocument) => JsonObject };
  /** Members that are stored beside the document's own, and not shown. */
  readonly hides?: readonly string[];
  /** The text of a 404 (`00` §4.4); absent: the usual one. */
  readonly missing?: (id: string, environmentId: string) => string;
  readonly texts?: RefusalTexts;
  /** What is not there yet, by operation. */
  readonly partial?: Readonly<Partial<Record<'list' | 'create' | 'read' | 'update' | 'delete', string>>>;
}

/** How a managed resource is shown and reached; its five operations are made from it (`http/managed/routes.ts`). */
export interface ManagedDefinition extends Common {
  readonly resource: ManagedResource;
  /** `FIDO policies` */
  readonly many: string;
  /** Name of the array in `_embedded`, which is the last segment of the path (`00` §3.4). */
  readonly collection: string;
  /** The path's parameter for one of them: `fido2PolicyId`. */
  readonly parameter: string;
  readonly gathers?: Gathering;
  /** What it stands below: the path's parameter, its kind when that is a document, and the member that shows its id. */
  readonly parent?: { readonly parameter: string; readonly kind?: DocumentKind; readonly member?: string };
  /** The schema of what replaces one, where that is not what makes one. */
  readonly replacement?: TSchema;
  /** How many of them a page has at most; absent: all are given at once (`00` §3.6). */
  readonly page?: number;
  /** Operations that there are not, or that are made elsewhere. */
  readonly without?: readonly ('list' | 'create' | 'update')[];
  /** How many a caller may ask for, where that is more than `page`. */
  readonly longestPage?: number;
  readonly expand?: Expansion;
  readonly filter?: {
    readonly rules: FilterRules;
    readonly attribute: (stored: StoredDocument, name: string) => FilterValue | undefined;
  };
}

/** How a resource that an environment has once is shown and reached. */
export interface SingletonDefinition extends Common {
  readonly resource: SingletonResource;
  /** Operations that there are not. */
  readonly without?: readonly 'delete'[];
}
