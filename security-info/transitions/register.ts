/**
 * A draft is proved and becomes a method: the code is consumed and the method recorded in one write. Where it takes
 * the place of another, that one stays until the new one has cooled off.
 */
import type { Act } from '../act.ts';
import { eventOf, everyKnownMailbox } from '../act.ts';
import { judgeCode } from '../challenges.ts';
import { InvalidInput, MethodLimitReached, MethodNotFound, SecurityInfoError, WrongCode } from '../errors.ts';
import { acceptedStep } from '../methods/authenticator-app.ts';
import { contractOf } from '../methods/registry.ts';
import type { Grounds } from '../permission.ts';
import { freshProofs, permitChange } from '../permission.ts';
import type { Change, Transition } from '../ports.ts';
import type { Method, SecurityInfoRecord } from '../record.ts';
import { emptyMethod, findMethod, isVerified } from '../record.ts';
import type { OpenDraft } from '../sealing.ts';
import { addressHash, destinationHash, sealAddress, sealSecret } from '../sealing.ts';
import { settle } from '../settle.ts';
import { countWrongProof, refusalWhenClosed } from '../wrong-proofs.ts';

/** What became of a registration. */
export type Registration =
  | { readonly kind: 'registered'; readonly method: Method; readonly grounds: Grounds | 'repeated' }
  | { readonly kind: 'wrong_code' };

/** Proves the draft and registers it; a form that succeeded succeeds again. */
export function register(
  act: Act,
  draft: OpenDraft,
  draftId: string,
  methodId: string,
  code: string,
): Transition<SecurityInfoRecord, Registration> {
  return (record): Change<SecurityInfoRecord, Registration> => {
    const already = record.methods.find(({ registeredBy }) => registeredBy === draftId);
    if (already)
      return { unchanged: true, result: { kind: 'registered', method: already, grounds: 'repeated' } };
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed && draft.address !== null) return { refusal: closed };
    let grounds: Grounds;
    try {
      grounds = checkRegistration(act, record, draft);
    } catch (refusal) {
      if (!(refusal instanceof SecurityInfoError)) throw refusal;
      return { refusal };
    }
    const judged = judge(act, record, draft, code);
    if (judged.lastStep === undefined) return wrong(act, judged.next, draft);
    const method = newMethod(act, draft, { draftId, methodId, lastStep: judged.lastStep, grounds });
    const next = settle(withMethod(act, judged.next, draft, method), act.policy, act.now);
    const type = draft.replaces === null ? 'method_registered' : 'method_replaced';
    const tell = everyKnownMailbox(act, record);
    return {
      next,
      events: [eventOf(act, type, { methodType: draft.type, tell, reason: grounds })],
      result: { kind: 'registered', method, grounds },
    };
  };
}

/**
 * Whether this draft may become a method: asked before a code is sent, and again when it is proved.
 * @returns on what grounds
 * @throws {ProofRequired | MethodNotFound | MethodLimitReached | InvalidInput}
 */
export function checkRegistration(act: Act, record: SecurityInfoRecord, draft: OpenDraft): Grounds {
  const { replaces } = draft;
  const replaced = replaces === null ? undefined : findMethod(record, replaces);
  if (replaces !== null && (replaced === undefined || replaced.replacedById !== null))
    throw new MethodNotFound();
  const kind = replaced === undefined ? 'add' : 'replace';
  const grounds = permitChange(kind, draft.type, record, act.flow, act.policy, act.now);
  const { maximum } = contractOf(draft.type);
  const others = record.methods.filter(
    ({ type, id, replacedById }) => type === draft.type && id !== replaces && replacedById === null,
  );
  if (others.length >= maximum) throw new MethodLimitReached({ maximum });
  if (draft.address !== null) {
    const hash = addressHash(act.keys, draft.address);
    const twin = record.methods.find(
      (method) => method.type === draft.type && method.addressHash === hash && isVerified(method),
    );
    if (twin) throw new InvalidInput([{ field: 'address', code: 'already_registered' }]);
  }
  return grounds;
}

function judge(
  act: Act,
  record: SecurityInfoRecord,
  draft: OpenDraft,
  code: string,
): { readonly lastStep: number | null | undefined; readonly next: SecurityInfoRecord } {
  if (draft.secret !== null) {
    return { lastStep: acceptedStep(draft.secret, code, null, act.now), next: record };
  }
  const target = {
    purpose: 'register' as const,
    methodType: draft.type,
    destinationHash: destinationHash(act.keys, draft.address ?? ''),
  };
  const { isRight, next } = judgeCode(record, target, code, act.keys, act.now);
  return { lastStep: isRight ? null : undefined, next };
}

function wrong(
  act: Act,
  next: SecurityInfoRecord,
  draft: OpenDraft,
): Change<SecurityInfoRecord, Registration> {
  // Whoever registers an authenticator app has its secret on the screen: nothing is guessed, nothing is counted.
  if (draft.address === null) return { refusal: new WrongCode() };
  const counted = countWrongProof(next, act.asker.caller, act.now);
  return {
    next: counted.next,
    events: [
      eventOf(act, counted.hasClosed ? 'proofs_closed' : 'proof_refused', {
        result: 'failure',
        methodType: draft.type,
        reason: 'register',
      }),
    ],
    result: { kind: 'wrong_code' },
  };
}

function newMethod(
  act: Act,
  draft: OpenDraft,
  made: { draftId: string; methodId: string; lastStep: number | null; grounds: Grounds },
): Method {
  const { account, keys, policy, now } = act;
  const { methodId } = made;
  const coolsOff = made.grounds !== 'first_registration' || policy.coolingOffAtFirstRegistration;
  const hours = coolsOff ? policy.coolingOffHours : 0;
  return {
    ...emptyMethod(methodId, draft.type),
    name: draft.name,
    addressCiphertext: draft.address === null ? null : sealAddress(keys, account.id, methodId, draft.address),
    addressHash: draft.address === null ? null : addressHash(keys, draft.address),
    secretCiphertext: draft.secret === null ? null : sealSecret(keys, account.id, methodId, draft.secret),
    lastStep: made.lastStep,
    verifiedAt: now,
    confirmedAt: now,
    coolingOffUntilAt: hours === 0 ? null : new Date(now.getTime() + hours * 3_600_000),
    registeredBy: made.draftId,
    lastProofFlowId: act.flow.id,
  };
}

function withMethod(
  act: Act,
  record: SecurityInfoRecord,
  { replaces }: OpenDraft,
  method: Method,
): SecurityInfoRecord {
  if (replaces === null) return { ...record, methods: [...record.methods, method] };
  const line = new Set([replaces, ...predecessorsOf(record, replaces)]);
  // Proof of another verified method, or an admin's pass, says that the replaced one is lost: it undoes nothing. What
  // the replaced one has itself taken the place of is no other: a thief would replace twice, and leave no trace.
  const isLost = freshProofs(record, act.flow, act.now).some(
    ({ by, coolingOff, methodId }) =>
      !coolingOff && (by === 'access_pass' || (methodId !== null && !line.has(methodId))),
  );
  if (isLost) return { ...record, methods: [...record.methods.filter(({ id }) => !line.has(id)), method] };
  // One that is itself cooling off could undo nothing: it goes, and what it replaced is replaced by the new one.
  const gone = findMethod(record, replaces);
  const isDropped =
    gone !== undefined &&
    gone.coolingOffUntilAt !== null &&
    gone.coolingOffUntilAt > act.now &&
    line.size > 1;
  const methods = record.methods
    .filter(({ id }) => !(isDropped && id === replaces))
    .map((other) => {
      const isReplaced = other.id === replaces || (isDropped && other.replacedById === replaces);
      return isReplaced ? { ...other, replacedById: method.id } : other;
    });
  return { ...record, methods: [...methods, method] };
}

/** The ids of all that a method has taken the place of, directly or not. */
function predecessorsOf(record: SecurityInfoRecord, methodId: string): readonly string[] {
  return record.methods
    .filter(({ replacedById }) => replacedById === methodId)
    .flatMap(({ id }) => [id, ...predecessorsOf(record, id)]);
}
