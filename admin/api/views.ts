/** What the domain answers, in the shapes of the API: plain values, dates as they are. */
import type { z } from 'zod';
import type { ClearMethod, PersonView } from '../../security-info/admin/people-desk.ts';
import type { Account } from '../../security-info/ports.ts';
import type { SignInStatus } from '../../security-info/status.ts';
import type { accountShape, clearMethod, statusShape } from './shapes.ts';

/** Values whose dates are not yet written out. */
type Written<Value> = Value extends string
  ? Value | Date
  : Value extends readonly (infer Item)[]
    ? readonly Written<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Written<Value[Key]> }
      : Value;

/** What a schema describes, with dates as they are: writing JSON makes texts of them. */
export type Shape<Schema extends z.ZodType> = Written<z.output<Schema>>;

/** An account. */
export function accountView(account: Account): Shape<typeof accountShape> {
  const { id, loginName, displayName, groups, isAdmin, isDisabled } = account;
  return { id, userPrincipalName: loginName, displayName, groups, isAdmin, isDisabled };
}

/** A status. */
export function statusView(status: SignInStatus): Shape<typeof statusShape> {
  const need = status.kind === 'snoozed' ? status.need : status;
  return {
    kind: status.kind,
    reason: 'reason' in need ? need.reason : null,
    missing: need.kind === 'registration_required' ? need.missing : 0,
    dueAt:
      need.kind === 'reconfirmation_due' ? need.dueAt : need.kind === 'satisfied' ? need.nextDueAt : null,
    snoozedUntilAt: status.kind === 'snoozed' ? status.untilAt : null,
  };
}

/** A person without numbers and addresses. */
export function personViewOf(person: PersonView) {
  const { account, policyId, status, required, counted, methods, mark, snooze, accessPass } = person;
  return {
    ...accountView(account),
    policyId,
    status: statusView(status),
    required,
    counted,
    isExcluded: person.isExcluded,
    methods: methods.map((method) => ({
      id: method.id,
      type: method.type,
      name: method.name,
      maskedAddress: method.maskedAddress,
      isPrefilled: method.isPrefilled,
      isVerified: method.isVerified,
      counts: method.counts,
      mustBeProvedAnew: method.mustBeProvedAnew,
      isNoLongerOffered: method.isNoLongerOffered,
      isPreferred: method.isPreferred,
      verifiedAt: method.verifiedAt,
      confirmedAt: method.confirmedAt,
      lastUsedAt: method.lastUsedAt,
      coolingOffUntilAt: method.coolingOffUntilAt,
      dueAt: method.dueAt,
    })),
    mark,
    snooze,
    accessPass,
    closedUntilAt: person.closedUntilAt,
  };
}

/** A method in clear. */
export function methodViewOf(method: ClearMethod): Shape<typeof clearMethod> {
  return { ...method };
}
