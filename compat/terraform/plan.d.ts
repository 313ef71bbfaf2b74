export function importBlocks(state: unknown): readonly string[];
export function unexpectedChanges(plan: unknown): readonly string[];
