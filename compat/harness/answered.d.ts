export function answeredIn(metrics: string): ReadonlySet<string>;
