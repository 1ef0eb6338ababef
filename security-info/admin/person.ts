/** How one person's security info looks to an admin, and what a change expects it to be still. */
import { createHash } from 'node:crypto';
import { effectivePolicy } from '../effective-policy.ts';
import { methodView, type OverviewParts } from '../operations/overview.ts';
import { availableSenders, type SenderPorts, subjectOf } from '../operations/situation.ts';
import type { PolicySet } from '../policy.ts';
import type { Account, DataKeys } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { openAddress } from '../sealing.ts';
import { countingMethods, independentCount, signInStatus } from '../status.ts';
import { closedUntil } from '../wrong-proofs.ts';
import type { ClearMethod, PersonView } from './people-desk.ts';

/** What a view is made from. */
export interface PersonParts {
  readonly account: Account;
  readonly record: SecurityInfoRecord;
  readonly policies: PolicySet;
  readonly keys: DataKeys;
  readonly senders: SenderPorts;
  readonly now: Date;
}

/** A digest of what an admin can change: drained events and wrong codes leave it as it is. */
export function tagOf(record: SecurityInfoRecord): string {
  const { methods, mark, snooze, accessPass } = record;
  return createHash('sha256')
    .update(JSON.stringify([methods, mark, snooze, accessPass]))
    .digest('base64url')
    .slice(0, 22);
}

/** The view. */
export function personView({ account, record, policies, keys, senders, now }: PersonParts): PersonView {
  const subject = subjectOf(account);
  const policy = effectivePolicy(policies, subject);
  const overview: OverviewParts = {
    visit: {
      account,
      asker: { caller: 'signed_in', callerAddress: null, clientId: null, locale: account.locale ?? 'en' },
      flowKey: '',
      client: null,
    },
    record,
    flow: { id: '', proofs: [], acknowledged: [] },
    policy,
    senders: availableSenders({ ports: senders }),
    keys,
    now,
  };
  const { snooze, accessPass } = record;
  return {
    account,
    tag: tagOf(record),
    policyId: policy.id,
    status: signInStatus(policy, record, subject, null, now),
    required: policy.methodsToRegister,
    counted: independentCount(countingMethods(record.methods, policy)),
    methods: record.methods
      .filter(({ replacedById }) => replacedById === null)
      .map((method) => methodView(overview, method)),
    mark: record.mark,
    snooze:
      snooze === null
        ? null
        : {
            untilAt: snooze.untilAt,
            used: snooze.used,
            deadlineAt: snooze.deadlineAt,
            left: Math.max(0, policy.snoozes + snooze.extra - snooze.used),
          },
    accessPass:
      accessPass === null || accessPass.expiresAt <= now
        ? null
        : {
            issuedAt: accessPass.issuedAt,
            expiresAt: accessPass.expiresAt,
            isUsed: accessPass.usedByFlowId !== null || (accessPass.resetByFlowId ?? null) !== null,
          },
    closedUntilAt: {
      stranger: closedUntil(record, 'stranger', now),
      known_browser: closedUntil(record, 'known_browser', now),
      signed_in: closedUntil(record, 'signed_in', now),
    },
    isExcluded: policies.defaultPolicy.excludedAccounts.includes(account.id),
  };
}

/** Every method with its number or address in clear; no secret and no answer. */
export function clearMethods(keys: DataKeys, record: SecurityInfoRecord): readonly ClearMethod[] {
  return record.methods.map((method) => ({
    id: method.id,
    type: method.type,
    name: method.name,
    address: openAddress(keys, record.accountId, method),
    questions: method.answers.length,
    prefilledAt: method.prefilledAt,
    verifiedAt: method.verifiedAt,
    confirmedAt: method.confirmedAt,
    lastUsedAt: method.lastUsedAt,
    proveAnewAt: method.proveAnewAt,
    coolingOffUntilAt: method.coolingOffUntilAt,
    replacedById: method.replacedById,
  }));
}
