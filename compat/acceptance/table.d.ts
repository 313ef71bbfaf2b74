import type { Row } from './results.js';

export function acceptancePage(rows: readonly Row[]): string;
