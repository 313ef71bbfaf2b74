import type { Phone } from './sending/contact.js';

/** What the numbering plan of its country says a number is for. */
export type NumberType =
  | 'premium'
  | 'shared-cost'
  | 'toll-free'
  | 'voip'
  | 'personal'
  | 'pager'
  | 'uan'
  | 'voicemail'
  | 'ordinary';

/** A number by the numbering plans (ITU-T E.164 and the national plans below it). */
export interface NumberedPlace {
  /** The one form of the number: without a trunk prefix that was left in after the country code. */
  readonly number: Phone;
  /** ISO 3166-1 alpha-2; shared codes such as +1 are told apart. Absent: no country's, or a range that is not assigned. */
  readonly country?: string;
  readonly type: NumberType;
}

/** Looks numbers up. */
export interface NumberingPlans {
  placeOf(number: Phone): NumberedPlace;
}

const TYPES: Readonly<Record<string, NumberType>> = {
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared-cost',
  TOLL_FREE: 'toll-free',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'uan',
  VOICEMAIL: 'voicemail',
};

/** Looked-up numbers that are remembered: a look-up costs as much as a whole check. */
const REMEMBERED = 10_000;

/** Which numbers are neither paired nor sent to (SEC-37), judged before a unit as a fact for it. */
export interface NumberRules {
  judge(number: Phone): Promise<{ readonly place: NumberedPlace; readonly isRefused: boolean }>;
}

/** Loads the plans when they are first asked for: that takes a good part of the time in which a server starts. */
export function createNumberRules(refused: readonly NumberType[]): NumberRules {
  let loading: Promise<NumberingPlans> | undefined;
  return {
    async judge(number) {
      loading ??= loadNumberingPlans();
      const place = (await loading).placeOf(number);
      return { place, isRefused: refused.includes(place.type) };
    },
  };
}

/** The plans of every country. */
export async function loadNumberingPlans(): Promise<NumberingPlans> {
  // With the patterns of every type of number, which the smaller sets leave out.
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const remembered = new Map<Phone, NumberedPlace>();

  function lookUp(number: Phone): NumberedPlace {
    const parsed = parsePhoneNumberFromString(number);
    // A number whose range is not assigned stays what it is (`20` §5: the published examples are fictional).
    if (!parsed?.isValid()) return { number, type: 'ordinary' };
    // The library's canonical form: `+`, country code and national number.
    const canonical = parsed.number as string as Phone;
    const type = TYPES[parsed.getType() ?? ''] ?? 'ordinary';
    return { number: canonical, type, ...(parsed.country ? { country: parsed.country } : {}) };
  }

  return {
    placeOf(number) {
      const known = remembered.get(number);
      if (known) return known;
      const place = lookUp(number);
      const oldest = remembered.size >= REMEMBERED ? remembered.keys().next() : undefined;
      if (oldest && !oldest.done) remembered.delete(oldest.value);
      remembered.set(number, place);
      return place;
    },
  };
}
