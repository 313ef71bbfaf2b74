import type { Instant } from '../kernel/clock.js';

/** A data key, and what is sealed under it. */
export interface KeyState {
  /** Empty: the installation's own key, which seals nothing. */
  readonly environmentId: string;
  /** 0: derived from the installation's, in a database from before data keys. */
  readonly generation: number;
  readonly masterId: string;
  readonly createdAt: Instant;
  /** `current` seals, `replaced` still has values to be sealed anew, `retired` has none; it only checks what is kept for long. */
  readonly state: 'current' | 'replaced' | 'retired';
  /** Values sealed under it. */
  readonly values: number;
}

/** Where a rotation stands. */
export interface RotationProgress {
  readonly environmentId: string;
  readonly table: string;
  /** Rows looked at and values sealed anew so far, in all environments. */
  readonly seen: number;
  readonly resealed: number;
}

/** What became of a rotation. */
export interface RotationResult {
  /** Environments that were given a new key; the others go on with one that an earlier, unfinished rotation made. */
  readonly newKeys: number;
  readonly resealed: number;
  /** Values that do not open: altered or moved. They stay as they are, and so does their key. */
  readonly refused: number;
  /** Values still sealed under a replaced key; 0 = done. */
  readonly left: number;
}

export interface RotationOptions {
  readonly onProgress?: (progress: RotationProgress) => void;
  readonly signal?: AbortSignal;
}

/** Keys as an operator manages them, while the server serves (SEC-68). Every step is small and can be repeated. */
export interface KeyAdmin {
  status(): Promise<readonly KeyState[]>;
  /** A new data key for every environment, and every value sealed under it. Goes on where an earlier run was interrupted. */
  rotate(options?: RotationOptions): Promise<RotationResult>;
  /** Wraps every data key with the first of the given master keys; returns how many were under another. */
  rotateMaster(): Promise<number>;
}
