import { describe, expect, it } from 'vitest';
import { invalidData, refusalOf } from './refusal.js';
import { applied, byField, MISSING, type Shape } from './shapes.js';
import type { Answer, Ask, Body, World } from './world.js';

export interface BadFields {
  readonly world: () => World;
  /** All of a right request but its body. */
  readonly to: () => Ask;
  /** A right body, with as many members as it can have. */
  readonly right: () => Body;
  readonly shape: Shape;
  /** Flows whose state belongs to what must not change. */
  readonly flows?: () => readonly string[];
  /** Where the right body goes, if it would move what `to` names on, which the other requests find as it was. */
  readonly control?: () => Promise<Ask>;
  /** What the right body is answered with; success unless given. */
  readonly expected?: (answer: Answer) => void;
}

const shown = (value: unknown): string =>
  value === MISSING ? '(missing)' : (JSON.stringify(value) ?? '').slice(0, 60);

/**
 * Every field of a request, wrong in every way that its shape names: the one bad field is named with its code and target, and nothing
 * is stored or sent (`00` §2.6, §4.2). The right body is sent last, as a control.
 */
export function refusesBadFields(name: string, { world, to, right, shape, flows, control, expected }: BadFields): void {
  const groups = byField(shape.wrong([], ''));
  describe(name, () => {
    it.each(groups)('%s', async (_target, wrongs) => {
      const before = await world().fingerprint(flows?.());
      const answers: unknown[] = [];
      for (const wrong of wrongs) {
        const answer = await world().ask({ ...to(), body: applied(right(), wrong) });
        answers.push([shown(wrong.value), answer.status < 300 ? answer.status : refusalOf(answer)]);
      }
      expect(answers).toEqual(wrongs.map(({ value, detail }) => [shown(value), invalidData(detail)]));
      expect(await world().fingerprint(flows?.())).toBe(before);
    });

    it('a control: the right body is taken', async () => {
      const answer = await world().ask({ ...(control ? await control() : to()), body: right() });
      if (expected) expected(answer);
      else expect(answer.status, answer.text).toBeLessThan(300);
    });
  });
}

/** A request that is refused for one reason, which is not in a single field's form. */
export interface BadRequest {
  readonly name: string;
  readonly body: () => Body;
  /** In whatever order. */
  readonly details: readonly string[];
  readonly code?: string;
  readonly status?: number;
}

/** Requests that are refused, leaving everything as it was. */
export function refusesRequests(
  name: string,
  { world, to, flows }: Pick<BadFields, 'world' | 'to' | 'flows'>,
  requests: readonly BadRequest[],
): void {
  describe(name, () => {
    it.each(requests.map((request) => [request.name, request] as const))('%s', async (_name, request) => {
      const { body, details, code = 'INVALID_DATA', status = 400 } = request;
      const before = await world().fingerprint(flows?.());
      const answer = await world().ask({ ...to(), body: body() });
      const refusal = refusalOf(answer);
      expect({ ...refusal, details: [...(refusal.details ?? [])].sort() }).toEqual({
        status,
        code,
        details: [...details].sort(),
      });
      expect(await world().fingerprint(flows?.())).toBe(before);
    });
  });
}
