/**
 * 'Remind me later': until when one passes, how many are left and until when. A budget with a deadline, void as soon
 * as more is asked than when it was taken; voiding refunds nothing.
 */
import type { EffectivePolicy } from './policy.ts';
import type { Mark, Snooze, SnoozeReason } from './record.ts';
import type { Need } from './status.ts';

const dayMilliseconds = 86_400_000;

/** Which of two reasons is the graver: a snooze of the lesser one does not hold for it. */
const gravity: Readonly<Record<SnoozeReason, number>> = { reconfirmation_due: 0, registration_required: 1 };

/** A snooze that can be taken now. */
export interface SnoozeOffer {
  /** How many are left, this one included. */
  readonly left: number;
  /** Until when this one would last. */
  readonly untilAt: Date;
  /** Until when any may last. */
  readonly deadlineAt: Date;
}

/**
 * Until when a snooze passes what is asked; null where there is none, it is over, or void: the policy has become
 * stricter, more is missing than when it was taken, or an admin wants it done.
 */
export function snoozedUntil(
  snooze: Snooze | null,
  need: Need,
  policy: Pick<EffectivePolicy, 'snoozes'>,
  now: Date,
  mark: Mark | null = null,
): Date | null {
  if (snooze === null || snooze.untilAt === null || snooze.reason === null || snooze.untilAt <= now)
    return null;
  if (policy.snoozes + snooze.extra === 0 || isWantedByAdmin(need, mark)) return null;
  if (gravity[need.kind] > gravity[snooze.reason]) return null;
  if (missingIn(need) > snooze.missing && need.kind === snooze.reason) return null;
  return snooze.untilAt;
}

/**
 * The snooze that can be taken now, or null.
 * @param flowId of this interaction: each takes one at most
 */
export function snoozeOffer(
  recorded: Snooze | null,
  need: Need,
  policy: Pick<EffectivePolicy, 'snoozes' | 'snoozeDays' | 'snoozeWithinDays'>,
  flowId: string,
  now: Date,
  mark: Mark | null = null,
): SnoozeOffer | null {
  const snooze = snoozeFor(recorded, need, now);
  const left = policy.snoozes + (snooze?.extra ?? 0) - (snooze?.used ?? 0);
  if (left <= 0 || isWantedByAdmin(need, mark) || (snooze !== null && snooze.flowId === flowId)) return null;
  const deadlineAt = snooze?.deadlineAt ?? inDays(now, policy.snoozeWithinDays);
  if (deadlineAt <= now) return null;
  const untilAt = inDays(now, policy.snoozeDays);
  return { left, untilAt: untilAt < deadlineAt ? untilAt : deadlineAt, deadlineAt };
}

/**
 * What is recorded, as far as it belongs to what is asked now: once its deadline has passed, what put off something
 * graver, or was granted and never begun, is over, for what it was about has been done.
 */
export function snoozeFor(snooze: Snooze | null, need: Need, now: Date): Snooze | null {
  if (snooze === null || snooze.deadlineAt === null || snooze.deadlineAt > now) return snooze;
  return snooze.reason === null || gravity[snooze.reason] > gravity[need.kind] ? null : snooze;
}

/** How many methods are missing. */
export function missingIn(need: Need): number {
  return need.kind === 'registration_required' ? need.missing : 0;
}

/** An admin's mark that is not met yet, whatever else is asked besides. */
function isWantedByAdmin(need: Need, mark: Mark | null): boolean {
  return mark?.by === 'admin' || (need.kind === 'reconfirmation_due' && need.reason === 'admin');
}

function inDays(now: Date, days: number): Date {
  return new Date(now.getTime() + days * dayMilliseconds);
}
