/**
 * A change of policy that would make many due at once, spread over days: each account has a day of its own, the same
 * wherever it is computed, until which what was enough before the change is enough. Nothing is stored.
 */
import { createHash } from 'node:crypto';
import type { EffectivePolicy, Policy } from './policy.ts';

const dayMilliseconds = 86_400_000;
const hashBytes = 6;

/** The settings of a spread. */
export type SpreadSettings = Pick<Policy, 'id' | 'spreadFrom' | 'spreadDays'>;

/** The start (UTC) of the account's own day of the spread; null where the policy has none. */
export function spreadDay({ id, spreadFrom, spreadDays }: SpreadSettings, accountId: string): Date | null {
  if (spreadFrom === null || spreadDays === 0) return null;
  // Another spread shuffles anew: nobody is always among the first.
  const digest = createHash('sha256')
    .update(JSON.stringify([id, spreadFrom, accountId]))
    .digest();
  const share = digest.readUIntBE(0, hashBytes) / 256 ** hashBytes;
  return new Date(Date.parse(spreadFrom) + Math.floor(share * spreadDays) * dayMilliseconds);
}

/** True while some account's own day may still lie ahead. */
export function isSpreadOpen({ spreadFrom, spreadDays }: SpreadSettings, now: Date): boolean {
  return spreadFrom !== null && now.getTime() < Date.parse(spreadFrom) + spreadDays * dayMilliseconds;
}

/**
 * The due date under a spread: put off to the account's own day where it lies before that, but never beyond the date
 * by the interval before the change.
 */
export function spreadDueDate(
  dueAt: Date,
  confirmedAt: Date,
  { spreadAt, spreadFormerDays }: Pick<EffectivePolicy, 'spreadAt' | 'spreadFormerDays'>,
): Date {
  if (spreadAt === null || spreadFormerDays === null || spreadAt <= dueAt) return dueAt;
  if (spreadFormerDays === 0) return spreadAt;
  const formerAt = new Date(confirmedAt.getTime() + spreadFormerDays * dayMilliseconds);
  const latestAt = formerAt < spreadAt ? formerAt : spreadAt;
  return latestAt > dueAt ? latestAt : dueAt;
}

/** Until when so many methods are enough as before the change, though the policy asks for more; null where they are not. */
export function registrationSpreadUntil(
  policy: Pick<
    EffectivePolicy,
    'spreadAt' | 'spreadFormerMethods' | 'methodsToRegister' | 'requireRegistration'
  >,
  counted: number,
  now: Date,
): Date | null {
  const { spreadAt, spreadFormerMethods, methodsToRegister, requireRegistration } = policy;
  if (!requireRegistration || counted >= methodsToRegister) return null;
  if (spreadAt === null || spreadAt <= now) return null;
  return spreadFormerMethods !== null && counted >= spreadFormerMethods ? spreadAt : null;
}
