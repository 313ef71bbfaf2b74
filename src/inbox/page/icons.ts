/** Drawings of 24 × 24, one per channel and for the page itself; strokes take the colour of the text. */
const PATHS: Readonly<Record<string, string>> = {
  sms: '<path d="M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z"/><path d="M8 11h.01M12 11h.01M16 11h.01"/>',
  voice:
    '<path d="M6.5 4h2.6l1.6 4.2-2 1.7a12 12 0 0 0 5.4 5.4l1.7-2 4.2 1.6v2.6a2 2 0 0 1-2.1 2A15.5 15.5 0 0 1 4.5 6.1 2 2 0 0 1 6.5 4Z"/>',
  email:
    '<path d="M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Z"/><path d="m3.5 7 8.5 6.5L20.5 7"/>',
  whatsapp:
    '<path d="M12 3.5a8.5 8.5 0 0 0-7.3 12.9L3.5 20.5l4.2-1.1A8.5 8.5 0 1 0 12 3.5Z"/><path d="M9.2 8.2c-.9.6-.9 2 .4 4 1.4 2.1 3.3 3.2 4.7 2.9.8-.2 1.2-.9 1.2-1.5l-1.9-1-.8.9c-.9-.3-2-1.4-2.4-2.4l.8-.8-.9-1.9Z"/>',
  inbox:
    '<path d="M3.5 13.5 6.3 5.6A1 1 0 0 1 7.2 5h9.6a1 1 0 0 1 .9.6l2.8 7.9V18a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1Z"/><path d="M3.5 13.5H8.5l1.3 2.5h4.4l1.3-2.5h5"/>',
  copy: '<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"/>',
  check: '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
};

/** The icons as symbols, to be used by `<use href="#icon-…">`. */
export const SPRITE = `<svg class="sprite" aria-hidden="true">${Object.entries(PATHS)
  .map(([name, path]) => `<symbol id="icon-${name}" viewBox="0 0 24 24">${path}</symbol>`)
  .join('')}</svg>`;

export function icon(name: string): string {
  return `<svg class="icon" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}
