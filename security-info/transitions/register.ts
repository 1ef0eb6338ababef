/**
 * A draft is proved and becomes a method: the code is consumed and the method recorded in one write. Where it takes
 * the place of another, that one stays until the new one has cooled off.
 */
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress, everyKnownUndoer } from '../act.ts';
import { questionOfDraft } from '../answer-proof.ts';
import { judgeCode } from '../challenges.ts';
import { SecurityInfoError, WrongCode } from '../errors.ts';
import { normaliseAnswer } from '../methods/answers.ts';
import { acceptedStep } from '../methods/authenticator-app.ts';
import type { ProofInput } from '../methods/contract.ts';
import type { Grounds } from '../permission.ts';
import type { Change, Transition } from '../ports.ts';
import type { Channel, Method, RegisteredAnswer, SecurityInfoRecord } from '../record.ts';
import { emptyMethod } from '../record.ts';
import { checkRegistration } from '../registration-rules.ts';
import type { OpenDraft } from '../sealing.ts';
import { addressHash, destinationHash, sealAddress, sealSecret } from '../sealing.ts';
import { settle } from '../settle.ts';
import { withMethod } from '../succession.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { refuseProof } from './refuse-proof.ts';

/** What became of a registration. */
export type Registration =
  | {
      readonly kind: 'registered';
      readonly method: Method;
      readonly grounds: Grounds;
      /** The form came twice. */
      readonly isRepeated: boolean;
      /** How the code had gone out; null where none did. */
      readonly channel: Channel | null;
    }
  | { readonly kind: 'wrong_code' };

interface Judgement {
  /** Undefined where what was given is wrong. */
  readonly lastStep: number | null | undefined;
  readonly channel: Channel | null;
  readonly next: SecurityInfoRecord;
}

/**
 * Proves the draft and registers it; a form that succeeded succeeds again.
 * @param answers of the draft, digested
 */
export function register(
  act: Act,
  draft: OpenDraft,
  draftId: string,
  methodId: string,
  given: ProofInput,
  answers: readonly RegisteredAnswer[] = [],
): Transition<SecurityInfoRecord, Registration> {
  return (record): Change<SecurityInfoRecord, Registration> => {
    const already = record.methods.find(({ registeredBy }) => registeredBy === draftId);
    if (already) {
      const grounds = groundsOf(act, record, already);
      const result = {
        kind: 'registered' as const,
        method: already,
        grounds,
        isRepeated: true,
        channel: null,
      };
      return { unchanged: true, result };
    }
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed && draft.address !== null) return { refusal: closed };
    let grounds: Grounds;
    try {
      grounds = checkRegistration(act, record, draft);
    } catch (refusal) {
      if (!(refusal instanceof SecurityInfoError)) throw refusal;
      return { refusal };
    }
    const judged = judge(act, record, draft, draftId, given);
    if (judged.lastStep === undefined) {
      // Whoever registers an app has its secret on the screen, or has just typed the answers: nothing is guessed.
      if (draft.address === null) return { refusal: new WrongCode() };
      return refuseProof(act, judged.next, 'register', draft.type);
    }
    const made = { draftId, methodId, answers, lastStep: judged.lastStep, grounds };
    const method = newMethod(act, draft, made);
    const next = settle(withMethod(act, judged.next, draft.replaces, method), act.policy, act.now);
    const type = draft.replaces === null ? 'method_registered' : 'method_replaced';
    const undoOf = method.coolingOffUntilAt === null ? null : method.id;
    const tell = undoOf === null ? everyKnownAddress(act, record) : everyKnownUndoer(act, record, next);
    return {
      next,
      events: [eventOf(act, type, { methodType: draft.type, tell, reason: grounds, undoOf })],
      result: { kind: 'registered', method, grounds, isRepeated: false, channel: judged.channel },
    };
  };
}

/** On what grounds this flow has registered a method: the first there ever was is told by its date. */
function groundsOf(act: Act, record: SecurityInfoRecord, method: Method): Grounds {
  const isFirst =
    method.lastProofFlowId === act.flow.id &&
    record.firstMethodAt !== null &&
    record.firstMethodAt.getTime() === method.verifiedAt?.getTime();
  return isFirst ? 'first_registration' : 'proof';
}

function judge(
  act: Act,
  record: SecurityInfoRecord,
  draft: OpenDraft,
  draftId: string,
  given: ProofInput,
): Judgement {
  if (typeof given !== 'string') {
    const isRight = isAnswered(act, draft, draftId, given);
    return { lastStep: isRight ? null : undefined, channel: null, next: record };
  }
  if (draft.secret !== null) {
    return { lastStep: acceptedStep(draft.secret, given, null, act.now), channel: null, next: record };
  }
  const target = {
    purpose: 'register' as const,
    methodType: draft.type,
    destinationHash: destinationHash(act.keys, draft.address ?? ''),
  };
  const { isRight, channel, next } = judgeCode(record, target, given, act.keys, act.now);
  return { lastStep: isRight ? null : undefined, channel, next };
}

/** Whether the one question of a draft that is asked once more was answered as before. */
export function isAnswered(
  act: Pick<Act, 'keys'>,
  draft: OpenDraft,
  draftId: string,
  given: Readonly<Record<string, string>>,
): boolean {
  const asked = questionOfDraft(act.keys, draftId, draft.answers);
  return asked !== undefined && normaliseAnswer(given[asked.questionId] ?? '') === asked.answer;
}

function newMethod(
  act: Act,
  draft: OpenDraft,
  made: {
    draftId: string;
    methodId: string;
    answers: readonly RegisteredAnswer[];
    lastStep: number | null;
    grounds: Grounds;
  },
): Method {
  const { account, keys, policy, now } = act;
  const { methodId } = made;
  const coolsOff = made.grounds !== 'first_registration' || policy.coolingOffAtFirstRegistration;
  const hours = coolsOff ? policy.coolingOffHours : 0;
  return {
    ...emptyMethod(methodId, draft.type),
    name: draft.name,
    addressCiphertext: draft.address === null ? null : sealAddress(keys, account.id, methodId, draft.address),
    addressHash: draft.address === null ? null : addressHash(keys, draft.type, draft.address),
    secretCiphertext: draft.secret === null ? null : sealSecret(keys, account.id, methodId, draft.secret),
    lastStep: made.lastStep,
    answers: made.answers,
    verifiedAt: now,
    confirmedAt: now,
    coolingOffUntilAt: hours === 0 ? null : new Date(now.getTime() + hours * 3_600_000),
    registeredBy: made.draftId,
    lastProofFlowId: act.flow.id,
  };
}
