/** The form of a text in which spellings that differ in case or in Unicode composition are one: NFC, lower-case. */
export function caseless(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}
