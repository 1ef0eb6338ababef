/** Takes one message from the day's budgets, and raises the alarm when one runs low or out. */
import type { DomainEvent, EventType } from '../events.ts';
import { countryOfPhone } from '../methods/phone-number.ts';
import type { Ports } from '../ports.ts';
import type { Channel } from '../record.ts';
import { budgetAlarm, keepBudgetSeconds, type SendBudget, sendBudgets } from '../send-budgets.ts';

/** The ports that budgets take. */
export type BudgetPorts = Pick<Ports, 'throttles' | 'policies' | 'eventLog' | 'keys' | 'clock'>;

/** Takes one message. @returns false where the day's budget is spent: nothing may be sent */
export async function spendBudget(
  ports: BudgetPorts,
  { channel, address }: { readonly channel: Channel; readonly address: string },
): Promise<boolean> {
  const { defaultPolicy } = await ports.policies.current();
  const country = channel === 'mail' ? null : (countryOfPhone(address) ?? null);
  const counted: SendBudget[] = [];
  const alarms: DomainEvent[] = [];
  for (const budget of sendBudgets({ channel, country }, defaultPolicy, ports.clock.now())) {
    const count = await ports.throttles.count(budget.key, keepBudgetSeconds, budget.maximum);
    const alarm = budgetAlarm(budget, count);
    if (alarm !== null) alarms.push(alarmEvent(ports, budget, alarm));
    if (count === null) {
      // What is not sent leaves the others theirs: a country's calls, when the day's SMS are spent.
      for (const { key } of counted) await ports.throttles.uncount(key);
      // Of those there is nothing to tell, then.
      await ports.eventLog.insert(alarms.slice(-1));
      return false;
    }
    counted.push(budget);
  }
  if (alarms.length > 0) await ports.eventLog.insert(alarms);
  return true;
}

/** Its id is the budget's and the alarm's: however often it is raised, it is told once. */
function alarmEvent({ keys, clock }: BudgetPorts, budget: SendBudget, type: EventType): DomainEvent {
  return {
    id: keys.hash(`${budget.key}:${budget.maximum}:${type}`, 'event-id'),
    type,
    at: clock.now(),
    accountId: null,
    actor: 'job:send-budget',
    result: type === 'send_budget_spent' ? 'failure' : 'success',
    reason: budget.subject,
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
}
