/** Over how many days a change of policy is best spread, so that the helpdesk survives each of them. */
import type { Policy } from '../policy.ts';

/** Of those in scope, who may become due by the change on one day at most. */
const sharePerDay = 0.05;
/** As many may in any case. */
const leastPerDay = 50;
const mostDays = 365;

/** The settings that spread a change, and what they come to. */
export interface SpreadProposal
  extends Pick<Policy, 'spreadFrom' | 'spreadDays' | 'spreadFormerDays' | 'spreadFormerMethods'> {
  /** How many become due on one day at most, as far as can be told beforehand. */
  readonly perDay: number;
}

/** Whom the spread is for. */
export interface SpreadNeed {
  /** Who becomes due at once and could be put off. */
  readonly count: number;
  readonly inScope: number;
  /** The longest interval that held for them; 0 is none at all. */
  readonly formerDays: number;
  /** The smallest number of methods that was asked of them. */
  readonly formerMethods: number;
  /** The proposed interval: no spread is longer. */
  readonly intervalDays: number;
}

/**
 * The spread to propose; null where one day takes them all.
 * @param today the first day, YYYY-MM-DD
 */
export function proposeSpread(need: SpreadNeed, today: string): SpreadProposal | null {
  const perDay = Math.max(leastPerDay, Math.ceil(need.inScope * sharePerDay));
  const longest = need.intervalDays === 0 ? mostDays : Math.min(mostDays, need.intervalDays);
  if (need.count <= perDay || longest < 2) return null;
  let days = 2;
  // The days are drawn by a hash: three deviations above the mean hardly any day goes.
  while (days < longest && mostOnOneDay(need.count, days) > perDay) days += 1;
  return {
    spreadFrom: today,
    spreadDays: days,
    spreadFormerDays: need.formerDays,
    spreadFormerMethods: need.formerMethods,
    perDay: Math.ceil(mostOnOneDay(need.count, days)),
  };
}

function mostOnOneDay(count: number, days: number): number {
  const mean = count / days;
  return Math.min(count, mean + 3 * Math.sqrt(mean));
}
