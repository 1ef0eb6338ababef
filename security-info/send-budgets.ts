/**
 * What the whole service may send in a day, shared by all nodes: the guard against costly floods. Who may send how
 * often is throttles.ts's.
 */
import type { EventType } from './events.ts';
import type { Policy } from './policy.ts';
import type { Channel } from './record.ts';

/** Counters are kept a while longer than the day that they count. */
export const keepBudgetSeconds = 2 * 86_400;

const alarmShare = 0.8;

/** One counter of a day. */
export interface SendBudget {
  readonly key: string;
  readonly maximum: number;
  /** What an admin is told of: a channel, or `country:FR`. */
  readonly subject: string;
}

/**
 * The budgets that one message takes from, the narrowest first.
 * @param policy the default policy: budgets are the service's, not a group's
 */
export function sendBudgets(
  send: { readonly channel: Channel; readonly country: string | null },
  policy: Policy,
  now: Date,
): readonly SendBudget[] {
  const day = now.toISOString().slice(0, 10);
  const budget = (subject: string, maximum: number): SendBudget => ({
    key: `budget:${day}:${subject}`,
    maximum,
    subject,
  });
  const maximums = { mail: policy.mailCodesPerDay, sms: policy.smsPerDay, voice: policy.callsPerDay };
  const whole = budget(send.channel, maximums[send.channel]);
  if (send.channel === 'mail') return [whole];
  return [budget(`country:${send.country ?? 'unknown'}`, policy.phoneMessagesPerCountryPerDay), whole];
}

/**
 * What an admin is told once a budget stands at this count; null where there is nothing to tell.
 * @param count null where nothing is left
 */
export function budgetAlarm({ maximum }: SendBudget, count: number | null): EventType | null {
  if (count === null || count >= maximum) return 'send_budget_spent';
  return count >= Math.ceil(maximum * alarmShare) ? 'send_budget_low' : null;
}
