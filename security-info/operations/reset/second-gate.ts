/** The second gate: among what is registered, allowed and independent of the first proof, masked. */
import { questionsToAnswer } from '../../answer-proof.ts';
import { findChallenge, normaliseCode } from '../../challenges.ts';
import { usableChannels } from '../../effective-policy.ts';
import { MethodNotFound, NothingPending, WrongCode } from '../../errors.ts';
import { contractOf } from '../../methods/registry.ts';
import type { Challenge, Method } from '../../record.ts';
import type { ResetDesk, ResetMethodView, ResetProofView, ResetVisit } from '../../reset-desk.ts';
import { destinationHash, openAddress } from '../../sealing.ts';
import { prove } from '../../transitions/prove.ts';
import { refusalWhenClosed } from '../../wrong-proofs.ts';
import { judgeAnswers } from '../judge-answers.ts';
import { chooseChannel, sendCode } from '../send-code.ts';
import { availableSenders, withProof } from '../situation.ts';
import { type ResetParts, type ResetSituation, situationPastFirst } from './parts.ts';
import { changeReset } from './reset-flow.ts';

type SecondGate = Pick<ResetDesk, 'readSecond' | 'sendSecond' | 'proveSecond'>;

const ofReset = { purpose: 'reset', mayBeReplaced: true } as const;

/** The part of the ResetDesk between the first proof and the second. */
export function createSecondGate(parts: ResetParts): SecondGate {
  const { ports } = parts;

  async function read(visit: ResetVisit, methodId: string): Promise<ResetProofView> {
    const { situation, method } = await chosen(parts, visit, methodId);
    const { act, record, policy } = situation;
    const { proof } = contractOf(method.type);
    const challenge = liveChallenge(situation, method);
    return {
      method: resetMethodView(parts, situation, method),
      proof,
      isSent: proof !== 'sent_code' || challenge !== undefined,
      channel: challenge?.channel ?? null,
      questions: questionsToAnswer(act.keys, record, method, policy, act.asker.caller).map(
        ({ questionId, customText }) => ({ questionId, customText }),
      ),
    };
  }

  return {
    readSecond: read,

    async sendSecond(visit, methodId, wanted) {
      const { situation, method } = await chosen(parts, visit, methodId);
      const { act, record, policy } = situation;
      const closed = refusalWhenClosed(record, act.asker.caller, act.now);
      if (closed) throw closed;
      const address = openAddress(act.keys, act.account.id, method);
      if (address === null) return;
      const destination = { type: method.type, address, policy, senders: availableSenders(parts) };
      const last = liveChallenge(situation, method)?.channel ?? null;
      const channel = chooseChannel(destination, wanted ?? last);
      await sendCode(parts, act, { purpose: 'reset', methodType: method.type, address, channel });
    },

    async proveSecond(visit, methodId, given) {
      const { situation, method } = await chosen(parts, visit, methodId);
      const { act, account, record } = situation;
      const closed = refusalWhenClosed(record, act.asker.caller, act.now);
      if (closed) throw closed;
      const input =
        typeof given === 'string'
          ? normaliseCode(given)
          : await judgeAnswers(ports.answerHasher, act, record, method, given);
      const outcome = await ports.records.change(account.id, prove(act, method.id, input, ofReset));
      parts.published(account.id);
      if (outcome.kind === 'wrong_code') throw new WrongCode();
      const proof = { by: 'method', methodId: method.id, amr: null, coolingOff: false } as const;
      await changeReset(ports, visit, situation, {
        flow: (flow) => withProof(flow, { ...proof, at: act.now, ofFirstRegistration: false }),
      });
    },
  };
}

/** A registered method as the second gate shows it. */
export function resetMethodView(
  parts: ResetParts,
  { act, policy }: Pick<ResetSituation, 'act' | 'policy'>,
  method: Method,
): ResetMethodView {
  const { id, type, name } = method;
  const address = openAddress(act.keys, act.account.id, method);
  return {
    id,
    type,
    name,
    maskedAddress: address === null ? null : contractOf(type).mask(address),
    channels: usableChannels(type, policy, availableSenders(parts), address),
  };
}

/** @throws {NothingPending | MethodNotFound} */
async function chosen(
  parts: ResetParts,
  visit: ResetVisit,
  methodId: string,
): Promise<{ readonly situation: ResetSituation; readonly method: Method }> {
  const situation = await situationPastFirst(parts, visit);
  const { progress } = situation;
  if (progress.kind !== 'second_gate') throw new NothingPending();
  const method = progress.choices.find(({ id }) => id === methodId);
  if (method === undefined) throw new MethodNotFound();
  return { situation, method };
}

function liveChallenge({ act, record }: ResetSituation, method: Method): Challenge | undefined {
  const address = openAddress(act.keys, act.account.id, method);
  if (address === null) return undefined;
  const target = {
    purpose: 'reset' as const,
    methodType: method.type,
    destinationHash: destinationHash(act.keys, address),
  };
  return findChallenge(record, target, act.now);
}
