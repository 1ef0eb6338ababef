/**
 * A registered or prefilled method is proved: it counts as verified and confirmed from now on. The try, its verdict
 * and what follows from it are one write.
 */
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { type AnswerVerdict, isVerdictOn, questionsToAnswer } from '../answer-proof.ts';
import { judgeCode } from '../challenges.ts';
import { MethodNotFound, QuestionsChanged } from '../errors.ts';
import { acceptedStep } from '../methods/authenticator-app.ts';
import type { Change, Transition } from '../ports.ts';
import type { Channel, Method, SecurityInfoRecord } from '../record.ts';
import { findMethod, isPrefilled } from '../record.ts';
import { destinationHash, openAddress, openSecret } from '../sealing.ts';
import { settle } from '../settle.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { refuseProof } from './refuse-proof.ts';

/** For how long the form of a proof that succeeded succeeds again, in milliseconds. */
const repeatMilliseconds = 60_000;

/** What became of a proof. */
export type ProofOutcome =
  /** `channel`: how the code had gone out; null where none did, or where the form came twice. */
  | { readonly kind: 'proved'; readonly method: Method; readonly channel: Channel | null }
  | { readonly kind: 'repeated'; readonly method: Method }
  | { readonly kind: 'wrong_code' };

interface Judgement {
  /** Undefined where what was given is wrong. */
  readonly lastStep: number | null | undefined;
  readonly channel: Channel | null;
  readonly next: SecurityInfoRecord;
}

/** What a proof is for. */
export interface ProofOptions {
  readonly purpose: 'prove' | 'reset';
  /** What was replaced proves for a reset, as long as what replaced it is cooling off. */
  readonly mayBeReplaced: boolean;
}

const ofSignIn: ProofOptions = { purpose: 'prove', mayBeReplaced: false };

/** Judges a code given for a method, or takes a verdict on answers. */
export function prove(
  act: Act,
  methodId: string,
  given: string | AnswerVerdict,
  options: ProofOptions = ofSignIn,
): Transition<SecurityInfoRecord, ProofOutcome> {
  return (record): Change<SecurityInfoRecord, ProofOutcome> => {
    const method = findMethod(record, methodId);
    if (method === undefined || (method.replacedById !== null && !options.mayBeReplaced))
      return { refusal: new MethodNotFound() };
    if (isRepeated(act, method)) return { unchanged: true, result: { kind: 'repeated', method } };
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) return { refusal: closed };
    if (typeof given !== 'string' && !isVerdictOnRecord(act, record, method, given)) {
      return { refusal: new QuestionsChanged() };
    }
    const judged =
      typeof given === 'string'
        ? judge(act, record, method, given, options.purpose)
        : { lastStep: given.isRight ? method.lastStep : undefined, channel: null, next: record };
    if (judged.lastStep === undefined) {
      return refuseProof(act, judged.next, options.purpose, method.type);
    }
    const proved: Method = {
      ...method,
      verifiedAt: act.now,
      confirmedAt: act.now,
      lastUsedAt: act.now,
      lastStep: judged.lastStep,
      lastProofFlowId: act.flow.id,
    };
    const methods = judged.next.methods.map((other) => (other.id === methodId ? proved : other));
    const type = isPrefilled(method) ? 'method_confirmed' : 'method_proved';
    return {
      next: settle({ ...judged.next, methods }, act.policy, act.now),
      events: [eventOf(act, type, { methodType: method.type, ...reasonOf(options) })],
      result: { kind: 'proved', method: proved, channel: judged.channel },
    };
  };
}

function reasonOf({ purpose }: ProofOptions): { readonly reason?: string } {
  return purpose === 'reset' ? { reason: 'reset' } : {};
}

/** A double click: this flow has just proved the method, and sends the form again. */
export function isRepeated(act: Pick<Act, 'flow' | 'now'>, method: Method): boolean {
  return (
    method.lastProofFlowId === act.flow.id &&
    method.lastUsedAt !== null &&
    act.now.getTime() - method.lastUsedAt.getTime() <= repeatMilliseconds
  );
}

/** Fifty answers at once are judged against one draw: the first wrong one draws anew, and the others are of no use. */
function isVerdictOnRecord(
  act: Act,
  record: SecurityInfoRecord,
  method: Method,
  verdict: AnswerVerdict,
): boolean {
  return isVerdictOn(verdict, questionsToAnswer(act.keys, record, method, act.policy, act.asker.caller));
}

function judge(
  act: Act,
  record: SecurityInfoRecord,
  method: Method,
  code: string,
  purpose: ProofOptions['purpose'],
): Judgement {
  const secret = openSecret(act.keys, act.account.id, method);
  if (secret !== null) {
    return { lastStep: acceptedStep(secret, code, method.lastStep, act.now), channel: null, next: record };
  }
  const address = openAddress(act.keys, act.account.id, method);
  if (address === null) return { lastStep: undefined, channel: null, next: record };
  const target = {
    purpose,
    methodType: method.type,
    destinationHash: destinationHash(act.keys, address),
  };
  const { isRight, channel, next } = judgeCode(record, target, code, act.keys, act.now);
  return { lastStep: isRight ? method.lastStep : undefined, channel, next };
}
