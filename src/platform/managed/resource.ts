import type { TSchema } from 'typebox';
import type { Noun } from '../../audit/action.js';
import type { Instant } from '../../kernel/clock.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Protected, Redacted } from '../../kernel/sealed.js';
import type { DirectoryPlan, DirectorySnapshot } from '../../storage/directory-port.js';
import type { DocumentKind, DocumentRef, Environment, StoredDocument } from '../model.js';
import type { Refusal } from './rejection.js';

/**
 * A resource that is a document: kept as it was sent, shown as it is kept (`30` §0.3), one kind of `StoredDocument`.
 * What it is, is its schema and its rules; storing, paging, secrets and the audit trail are the same for all.
 */
export interface ManagedResource {
  readonly kind: DocumentKind;
  /** The writable members. Others are taken and ignored (`30` §0.1). */
  readonly schema: TSchema;
  /** What the audit trail calls it: `FIDO_POLICY` in `FIDO_POLICY.CREATED`. */
  readonly noun: Noun;
  /**
   * Members that are never shown, by dotted path; `*` stands for every entry of an array or member of an object. They are sealed
   * beside the document (SEC-66).
   */
  readonly writeOnly?: readonly string[];
  /** Members, by such paths, that are sealed like those and shown nevertheless, because the reference shows them. */
  readonly sealed?: readonly string[];
  readonly rules: readonly Rule[];
  /** The id that a document gives itself; absent, or where it gives none: a random one. Its rules say what a second one of it is. */
  readonly idOf?: (document: JsonObject) => Uuid | undefined;
  /** What every environment has of it without its being stored; nobody can change or delete it. */
  readonly builtIn?: (environment: Environment, parent: string | undefined) => readonly StoredDocument[];
  /** Names that it can stand below, when these are no documents. */
  readonly isParent?: (name: string) => boolean;
  /**
   * What is sealed beside a document when that is more than its write-only members, which it is given; as they stand, those are what is
   * sealed.
   */
  readonly seals?: (candidate: Candidate, members: Redacted<string> | undefined) => Protected | undefined;
  /** Rows of the directory that its rules look at. */
  readonly directory?: (target: Target) => DirectoryPlan;
}

/** A resource that an environment has once, under the environment's own id. */
export interface SingletonResource extends ManagedResource {
  /** What it is reset to; absent: it can be absent. */
  readonly factory?: () => JsonObject;
}

/** A document on its way in. */
export interface Candidate {
  readonly environment: Environment;
  readonly now: Instant;
  readonly id: Uuid;
  readonly parent?: string;
  /** Fits the schema, and has no other members. Its write-only members are still in it. */
  readonly document: JsonObject;
  /** What it replaces; absent: it is new. */
  readonly current?: StoredDocument;
}

/** What else there is, of what the rules of a resource asked to see. */
export interface Others {
  /** Of a kind, by creation; the candidate's present self is among them. */
  of(kind: DocumentKind, parent?: string): readonly StoredDocument[];
  readonly environment: Environment;
  readonly now: Instant;
  /** What the resource asked to see of the directory. */
  readonly directory?: DirectorySnapshot;
}

/** Whom a rule is asked about, before anything is loaded. */
export interface Target {
  readonly id: Uuid;
  readonly parent?: string;
  /** Absent when it is to be deleted. */
  readonly document?: JsonObject;
}

/** One thing that holds for the documents of a kind. Pure, and asked inside the unit that writes; rules do not see each other. */
export interface Rule {
  /** Documents it looks at. */
  readonly reads?: (target: Target) => readonly DocumentRef[];
  /** What is wrong with a document by itself, before anything is looked up. */
  readonly check?: (document: JsonObject) => readonly FieldProblem[];
  /** What is wrong with it among the others. */
  readonly problems?: (candidate: Candidate, others: Others) => readonly FieldProblem[];
  /** Why it cannot be, although no field is wrong. */
  readonly refuses?: (candidate: Candidate, others: Others) => Refusal | undefined;
  /** What the server adds or computes; the rules see the document before. */
  readonly completes?: (candidate: Candidate, others: Others) => JsonObject;
  /** Other documents that change with it. */
  readonly changes?: (candidate: Candidate, others: Others) => readonly StoredDocument[];
  /** The environment itself, when something that stands in it changes with the document. */
  readonly moves?: (candidate: Candidate, others: Others) => Environment | undefined;
  /** Why it cannot go. */
  readonly keeps?: (stored: StoredDocument, others: Others) => Refusal | undefined;
  /** Other documents that change when it goes, and those that go with it. */
  readonly mends?: (stored: StoredDocument, others: Others) => readonly StoredDocument[];
  readonly takesAlong?: (stored: StoredDocument, others: Others) => readonly StoredDocument[];
}
