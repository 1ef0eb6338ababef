/**
 * The demo's policies: every method for everybody, and three groups with another one. Saved once, before anybody has
 * saved one of their own; what has changed since is left as it is.
 */
import { randomUUID } from 'node:crypto';
import type { DomainEvent } from '../security-info/events.ts';
import { availableSenders } from '../security-info/operations/situation.ts';
import type { Policy } from '../security-info/policy.ts';
import { parsePolicy } from '../security-info/policy-validation.ts';
import type { Ports } from '../security-info/ports.ts';
import { methodTypes } from '../security-info/record.ts';

/** Where the policies go, and which senders there are. */
export type PolicySeedPorts = Pick<Ports, 'policies' | 'clock' | 'mail' | 'sms' | 'voice'>;

const forEverybody = { methods: [...methodTypes] };
const forGroups = [
  {
    ...forEverybody,
    id: 'field-staff',
    appliesToGroups: ['field-staff'],
    snoozes: 3,
    snoozeDays: 1,
    snoozeWithinDays: 14,
  },
  {
    ...forEverybody,
    id: 'finance',
    appliesToGroups: ['finance'],
    methodsToRegister: 3,
    review: 'prove',
    reconfirmAfterDays: 30,
    customQuestions: [{ id: 'cost_centre', text: 'Which cost centre was your first one?' }],
  },
  { ...forEverybody, id: 'payroll', appliesToGroups: ['payroll'], methodsToReset: 2 },
];

/** Saves the demo's policies where the default policy was never saved; it comes last, so that all are there then. */
export async function seedDemoPolicies(ports: PolicySeedPorts): Promise<void> {
  const { defaultPolicy, groupPolicies } = await ports.policies.latest();
  if (defaultPolicy.version > 0) return;
  const isThere = (id: string): boolean => groupPolicies.some((policy) => policy.id === id);
  for (const settings of [...forGroups.filter(({ id }) => !isThere(id)), forEverybody]) {
    const policy = parsePolicy(settings, availableSenders({ ports }));
    await ports.policies.save(policy, 0, [savedEvent(policy, ports.clock.now())]);
  }
}

/** As `policy set` leaves one: the demo stands for an admin at the command line. */
function savedEvent({ id }: Policy, at: Date): DomainEvent {
  return {
    id: randomUUID(),
    type: 'policy_changed',
    at,
    accountId: null,
    actor: 'cli',
    result: 'success',
    reason: `saved:${id}`,
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
}
