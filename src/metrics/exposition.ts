import type { Distribution, Family, Measured, Sample } from './series.js';

/** Media type of the text that `exposition` makes. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The Prometheus text format 0.0.4. Families that nothing was counted for are named all the same. */
export function exposition(measured: readonly Measured[]): string {
  let text = '';
  for (const one of measured) {
    const { family } = one;
    text += `# HELP ${family.name} ${family.help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n`;
    text += `# TYPE ${family.name} ${family.type}\n`;
    if ('samples' in one) for (const sample of one.samples) text += sampleLine(family, sample);
    else for (const observed of one.distributions) text += histogramLines(family, observed);
  }
  return text;
}

function sampleLine({ name, labels }: Family, sample: Sample): string {
  return `${name}${braces(labels, sample.labels)} ${numeral(sample.value)}\n`;
}

function histogramLines({ name, labels }: Family, { labels: values, buckets, sum }: Distribution): string {
  let lines = '';
  for (const [bound, count] of buckets)
    lines += `${name}_bucket${braces([...labels, 'le'], [...values, numeral(bound)])} ${count}\n`;
  const own = braces(labels, values);
  return `${lines}${name}_sum${own} ${numeral(sum)}\n${name}_count${own} ${buckets.at(-1)?.[1] ?? 0}\n`;
}

function braces(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, at) => `${name}="${escaped(values[at] ?? '')}"`).join(',')}}`;
}

const escaped = (value: string): string => value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

const numeral = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
