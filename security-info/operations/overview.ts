/** What the overview and the review show, from the record, the flow and the policy; addresses masked. */
import type { MethodView, OfferView, Overview, Visit } from '../desk.ts';
import { registrableTypes, usableChannels } from '../effective-policy.ts';
import { contractOf } from '../methods/registry.ts';
import { permitChange, takesProof } from '../permission.ts';
import type { EffectivePolicy, SenderAvailability } from '../policy.ts';
import type { DataKeys, Flow } from '../ports.ts';
import type { Method, SecurityInfoRecord } from '../record.ts';
import { isPrefilled, isVerified } from '../record.ts';
import { isMethodReachable, reviewBy } from '../review.ts';
import { openAddress } from '../sealing.ts';
import { snoozeOffer } from '../snooze.ts';
import {
  countingMethods,
  dueDate,
  independentCount,
  isDueForReview,
  isWantedAnew,
  type Need,
  oldestConfirmation,
  type SignInStatus,
  signInStatus,
} from '../status.ts';
import { isNeeded } from '../transitions/remove.ts';
import { closedUntil } from '../wrong-proofs.ts';
import { availableSenders, type DeskParts, ownFlow, policyFor, subjectOf } from './situation.ts';

/** What an overview is made from. */
export interface OverviewParts {
  readonly visit: Visit;
  readonly record: SecurityInfoRecord;
  readonly flow: Pick<Flow, 'id' | 'proofs' | 'acknowledged'>;
  readonly policy: EffectivePolicy;
  readonly senders: SenderAvailability;
  readonly keys: DataKeys;
  readonly now: Date;
}

/** Reads all that an overview is made from. */
export async function readOverviewParts(parts: DeskParts, visit: Visit): Promise<OverviewParts> {
  const { ports } = parts;
  const [policy, record, flow] = await Promise.all([
    policyFor(parts, visit.account),
    ports.records.read(visit.account.id),
    ports.flows.read(visit.flowKey),
  ]);
  return {
    visit,
    record,
    policy,
    flow: ownFlow(flow, visit) ?? { id: '', proofs: [], acknowledged: [] },
    senders: availableSenders(parts),
    keys: ports.keys,
    now: ports.clock.now(),
  };
}

/** Makes the overview. */
export function overviewOf(parts: OverviewParts): Overview {
  const { visit, record, flow, policy, now } = parts;
  const status = signInStatus(policy, record, subjectOf(visit.account), visit.client, now);
  const counting = countingMethods(record.methods, policy);
  const counted = independentCount(counting);
  const need = status.kind === 'snoozed' ? status.need : needIn(status);
  const isReview =
    need?.kind === 'reconfirmation_due' || (status.kind === 'satisfied' && flow.acknowledged.length > 0);
  const isReviewComplete = !counting.some((method) => isDueForReview(method, policy, record, now));
  const canFinish =
    status.kind === 'out_of_scope' ||
    status.kind === 'snoozed' ||
    (status.kind === 'satisfied' && (!isReview || isReviewComplete));
  return {
    status,
    methods: record.methods
      .filter(({ replacedById }) => replacedById === null)
      .map((method) => methodView(parts, method))
      .sort((one, other) => Number(other.isPreferred) - Number(one.isPreferred)),
    offers: offersOf(parts),
    required: policy.methodsToRegister,
    counted,
    missing: Math.max(0, policy.methodsToRegister - counted),
    canFinish,
    isReview,
    nextDueAt: nextDueAt(counting, parts, isReview),
    proofNeeded: isProofNeeded(parts),
    canProve: record.methods.some(
      (method) =>
        isVerified(method) && isMethodReachable(visit.account.id, method, policy, parts.senders, parts.keys),
    ),
    snooze: need === null ? null : snoozeOffer(record.snooze, need, policy, flow.id, now, record.mark),
    closedUntilAt: closedUntil(record, visit.asker.caller, now),
  };
}

/** What is asked and was not put off. */
function needIn(status: SignInStatus): Need | null {
  return status.kind === 'registration_required' || status.kind === 'reconfirmation_due' ? status : null;
}

/** When the user is asked next if they finish now; in an open review, what waits counts as confirmed now. */
function nextDueAt(
  counting: readonly Method[],
  { record, policy, now }: OverviewParts,
  isReview: boolean,
): Date | null {
  const confirmed = counting.map((method) => ({
    confirmedAt: isReview && isDueForReview(method, policy, record, now) ? now : method.confirmedAt,
  }));
  return dueDate(oldestConfirmation(confirmed), policy);
}

/** A method as its owner sees it. */
export function methodView(
  { visit, record, flow, policy, senders, keys, now }: OverviewParts,
  method: Method,
): MethodView {
  const contract = contractOf(method.type);
  const address = openAddress(keys, visit.account.id, method);
  const counts = countingMethods(record.methods, policy).some(({ id }) => id === method.id);
  const isDue = counts && isDueForReview(method, policy, record, now);
  const isReachable = isMethodReachable(visit.account.id, method, policy, senders, keys);
  return {
    id: method.id,
    type: method.type,
    name: method.name,
    maskedAddress: address === null ? null : contract.mask(address),
    isPrefilled: isPrefilled(method),
    isVerified: isVerified(method),
    counts,
    mustBeProvedAnew: isWantedAnew(method),
    isNoLongerOffered: !policy.methods.includes(method.type),
    verifiedAt: method.verifiedAt,
    confirmedAt: method.confirmedAt,
    lastUsedAt: method.lastUsedAt,
    isPreferred: isVerified(method) && record.preferredMethodId === method.id,
    dueAt: counts ? dueDate(method.confirmedAt, policy) : null,
    isDueForReview: isDue,
    // A mark that came after it asks again.
    isReviewed: !isDue && flow.acknowledged.includes(method.id),
    coolingOffUntilAt:
      method.coolingOffUntilAt !== null && method.coolingOffUntilAt > now ? method.coolingOffUntilAt : null,
    isNeeded: isNeeded(record, method.id, policy),
    isReachable,
    reviewBy: reviewBy(policy, isReachable),
    isSetByAdmin: !contract.isRegisteredByUser,
    isTooLittle: !contract.isEnough(method, policy),
    isSameAsAnother: record.methods.some(
      (other) =>
        other.id !== method.id &&
        other.replacedById === null &&
        other.addressHash !== null &&
        other.addressHash === method.addressHash,
    ),
  };
}

function offersOf({ visit, record, policy, senders }: OverviewParts): readonly OfferView[] {
  return registrableTypes(policy, senders).map((type) => {
    const { fields: fieldsFor, proof, maximum } = contractOf(type);
    const channels = usableChannels(type, policy, senders);
    const fields = fieldsFor({ account: visit.account, policy, channels });
    const count = record.methods.filter(
      (method) => method.type === type && method.replacedById === null,
    ).length;
    return { type, fields, proof, hasOne: count > 0, isLimitReached: count >= maximum };
  });
}

function isProofNeeded({ record, flow, policy, now }: OverviewParts): boolean {
  if (!takesProof(record)) return false;
  try {
    permitChange('add', null, record, flow, policy, now);
    return false;
  } catch {
    return true;
  }
}
