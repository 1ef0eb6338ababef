/**
 * Who may change what: once a verified method exists, a change takes proof of one, made in this sign-in and at most
 * 15 minutes old. Who can prove none needs an access pass; losing the last method does not reopen first registration.
 */
import { ProofRequired } from './errors.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Flow, FlowProof } from './ports.ts';
import type { MethodType, SecurityInfoRecord } from './record.ts';
import { isPrefilled, isVerified } from './record.ts';
import { countingMethods, independentCount } from './status.ts';

/** How long a proof permits changes. */
export const proofMinutes = 15;

/** What someone wants to do with a method. */
export type ChangeKind = 'add' | 'replace' | 'remove';

/** On what grounds a change is permitted. */
export type Grounds =
  /** The account never had a method, or got its first ones in this very flow: no cooling-off. */
  | 'first_registration'
  /** Nothing but values that an admin filled in: cooling-off, and those values are told. */
  | 'prefilled_only'
  | 'proof';

/**
 * The proofs of a flow that still permit something. Whoever removes a method, or issues another access pass, shuts out
 * whoever had proved the old one.
 */
export function freshProofs(
  record: Pick<SecurityInfoRecord, 'methods' | 'accessPass' | 'credentialsChangedAt'>,
  flow: Pick<Flow, 'id' | 'proofs'>,
  now: Date,
): readonly FlowProof[] {
  const from = now.getTime() - proofMinutes * 60_000;
  return flow.proofs.filter(({ at, by, methodId }) => {
    if (at.getTime() < from) return false;
    // Who signs in again after everybody was signed out has proved nothing yet.
    if (record.credentialsChangedAt !== null && at < record.credentialsChangedAt) return false;
    if (by === 'access_pass') return record.accessPass === null || record.accessPass.usedByFlowId === flow.id;
    const method = record.methods.find(({ id }) => id === methodId);
    if (method === undefined || method.replacedById === null) return method !== undefined;
    // Of a method that was replaced only in the flow that replaced it: elsewhere it may be who was to be shut out.
    const successor = record.methods.find(({ id }) => id === method.replacedById);
    return successor?.lastProofFlowId === flow.id;
  });
}

/**
 * Whether a proof stands in for the old password: of a method that is verified and no longer cooling off, and not of
 * one that this flow itself registered first, for who took over a session could do that.
 */
export function provesForPassword(
  record: SecurityInfoRecord,
  flow: Pick<Flow, 'id' | 'proofs'>,
  now: Date,
): boolean {
  return freshProofs(record, flow, now).some(({ methodId, coolingOff, ofFirstRegistration }) => {
    const method = record.methods.find(({ id }) => id === methodId);
    return !coolingOff && !ofFirstRegistration && method !== undefined && isVerified(method);
  });
}

/**
 * The newest proof with which an admin may act as one: of an access pass, or of a method that is neither cooling off
 * nor as new as the account's first ones. These were registered with nothing but the password, unless an access pass
 * had been given for it: who has stolen the password of an admin without methods must not come in by it.
 */
export function adminProof(
  record: SecurityInfoRecord,
  flow: Pick<Flow, 'id' | 'proofs'>,
  policy: Pick<EffectivePolicy, 'coolingOffHours'>,
  now: Date,
): FlowProof | null {
  const { accessPass, firstMethodAt } = record;
  const newUntil = (firstMethodAt ?? now).getTime() + policy.coolingOffHours * 3_600_000;
  const isByPass =
    accessPass !== null &&
    accessPass.usedByFlowId !== null &&
    firstMethodAt !== null &&
    accessPass.issuedAt <= firstMethodAt;
  const isTooNew = newUntil > now.getTime() && !isByPass;
  const accepted = freshProofs(record, flow, now).filter(
    ({ by, methodId, coolingOff, ofFirstRegistration }) => {
      if (by === 'access_pass') return true;
      const method = record.methods.find(({ id }) => id === methodId);
      return !coolingOff && !ofFirstRegistration && !isTooNew && method !== undefined && isVerified(method);
    },
  );
  return accepted.at(-1) ?? null;
}

/** True when a proof of a verified method, or an access pass, must come before any change. */
export function takesProof(record: Pick<SecurityInfoRecord, 'methods' | 'firstMethodAt'>): boolean {
  if (record.methods.some(isVerified)) return true;
  return record.firstMethodAt !== null && !record.methods.some(isPrefilled);
}

/**
 * Whether a change is permitted now.
 * @param type of the method that is added, or null where it is still to be chosen
 * @returns on what grounds
 * @throws {ProofRequired} `proof_required`
 */
export function permitChange(
  kind: ChangeKind,
  type: MethodType | null,
  record: SecurityInfoRecord,
  flow: Pick<Flow, 'id' | 'proofs'>,
  policy: EffectivePolicy,
  now: Date,
): Grounds {
  const proofs = freshProofs(record, flow, now);
  if (!takesProof(record) && kind !== 'remove') {
    return record.methods.some(isPrefilled) ? 'prefilled_only' : 'first_registration';
  }
  if (kind === 'add' && proofs.some(({ ofFirstRegistration }) => ofFirstRegistration))
    return 'first_registration';
  if (proofs.some(({ coolingOff }) => !coolingOff)) return 'proof';
  // A method that is cooling off proves only in order to add what the policy still lacks.
  if (kind === 'add' && proofs.length > 0 && isLacking(type, record, policy)) return 'proof';
  throw new ProofRequired();
}

/** Whether the policy lacks methods, and one of this type would bring it nearer. */
function isLacking(
  type: MethodType | null,
  record: Pick<SecurityInfoRecord, 'methods'>,
  policy: EffectivePolicy,
): boolean {
  const counting = countingMethods(record.methods, policy);
  const counted = independentCount(counting);
  if (counted >= policy.methodsToRegister) return false;
  return type === null || independentCount([...counting, { id: '', type, addressHash: null }]) > counted;
}
