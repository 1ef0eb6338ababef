/** Proving a registered or prefilled method, or by an access pass: what is proved permits changes for 15 minutes. */
import type { Act } from '../act.ts';
import { type AnswerVerdict, questionsToAnswer } from '../answer-proof.ts';
import { findChallenge, normaliseCode } from '../challenges.ts';
import type { Desk, ProofView, Visit } from '../desk.ts';
import { usableChannels } from '../effective-policy.ts';
import { MethodNotFound, WrongCode } from '../errors.ts';
import { contractOf } from '../methods/registry.ts';
import type { Flow, FlowProof } from '../ports.ts';
import type { Challenge, Method } from '../record.ts';
import { findMethod } from '../record.ts';
import { destinationHash, openAddress } from '../sealing.ts';
import { isRepeated, prove } from '../transitions/prove.ts';
import { useAccessPass } from '../transitions/use-access-pass.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { judgeAnswers } from './judge-answers.ts';
import { methodView, type OverviewParts, overviewOf, readOverviewParts } from './overview.ts';
import { chooseChannel, sendCode } from './send-code.ts';
import { changeFlow, type DeskParts, situationOf, withProof } from './situation.ts';

type Proving = Pick<Desk, 'readProof' | 'sendProofCode' | 'prove' | 'useAccessPass'>;

/** The part of the Desk that proves. */
export function createProving(parts: DeskParts): Proving {
  const { ports } = parts;

  async function readProof(visit: Visit, methodId: string): Promise<ProofView> {
    const overviewParts = await readOverviewParts(parts, visit);
    const method = presentMethod(overviewParts, methodId);
    const { visit: by, record, policy, senders, keys } = overviewParts;
    const challenge = liveChallenge(overviewParts, method);
    const { proof } = contractOf(method.type);
    return {
      method: methodView(overviewParts, method),
      proof,
      channel: challenge?.channel ?? null,
      channels: usableChannels(method.type, policy, senders, openAddress(keys, by.account.id, method)),
      questions: questionsToAnswer(keys, record, method, policy, by.asker.caller).map(
        ({ questionId, customText }) => ({ questionId, customText }),
      ),
      isSent: proof !== 'sent_code' || challenge !== undefined,
    };
  }

  /** A form that came twice is answered by the transition; answers that were right have drawn others by then. */
  async function verdictOn(
    act: Act,
    { record }: OverviewParts,
    methodId: string,
    given: Readonly<Record<string, string>>,
  ): Promise<AnswerVerdict> {
    const method = findMethod(record, methodId);
    if (method === undefined) throw new MethodNotFound();
    if (isRepeated(act, method)) return { answerHashes: [], isRight: false };
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) throw closed;
    return judgeAnswers(ports.answerHasher, act, record, method, given);
  }

  return {
    readProof,

    async sendProofCode(visit, methodId, wanted = null) {
      const overviewParts = await readOverviewParts(parts, visit);
      const method = presentMethod(overviewParts, methodId);
      const { act } = await situationOf(parts, visit);
      const closed = refusalWhenClosed(overviewParts.record, act.asker.caller, act.now);
      if (closed) throw closed;
      const address = openAddress(act.keys, visit.account.id, method);
      if (address !== null) {
        const { policy, senders } = overviewParts;
        const last = liveChallenge(overviewParts, method)?.channel ?? null;
        const { type: methodType } = method;
        const channel = chooseChannel({ type: methodType, address, policy, senders }, wanted ?? last);
        const isSameCode = await sendCode(parts, act, { purpose: 'prove', methodType, address, channel });
        return { ...(await readProof(visit, methodId)), isSameCode };
      }
      return { ...(await readProof(visit, methodId)), isSameCode: false };
    },

    async prove(visit, methodId, given) {
      const { act } = await situationOf(parts, visit);
      const before = await readOverviewParts(parts, visit);
      const input =
        typeof given === 'string' ? normaliseCode(given) : await verdictOn(act, before, methodId, given);
      const outcome = await ports.records.change(visit.account.id, prove(act, methodId, input));
      parts.published(visit.account.id);
      if (outcome.kind === 'wrong_code') throw new WrongCode();
      const { method } = outcome;
      const channel = outcome.kind === 'proved' ? outcome.channel : null;
      const overview = overviewOf(before);
      const wasDue =
        overview.isReview &&
        overview.methods.some(({ id, isDueForReview }) => id === methodId && isDueForReview);
      const proof: FlowProof = {
        by: 'method',
        methodId,
        amr: contractOf(method.type).amrOf(channel),
        at: act.now,
        coolingOff: method.coolingOffUntilAt !== null && method.coolingOffUntilAt > act.now,
        ofFirstRegistration: false,
      };
      await changeFlow(parts, visit, (flow) => ({
        // A form that came twice knows no longer how its code went out: what the first one wrote stays.
        ...(outcome.kind === 'repeated' && hasProofOf(flow, methodId) ? flow : withProof(flow, proof)),
        acknowledged: wasDue ? [...new Set([...flow.acknowledged, methodId])] : flow.acknowledged,
      }));
    },

    async useAccessPass(visit, pass) {
      const { act } = await situationOf(parts, visit);
      const outcome = await ports.records.change(visit.account.id, useAccessPass(act, pass, 'register'));
      parts.published(visit.account.id);
      if (outcome === 'wrong_code') throw new WrongCode();
      await changeFlow(parts, visit, (flow) => {
        // A form that is sent again does not lengthen what the pass permits.
        if (flow.proofs.some(({ by }) => by === 'access_pass')) return flow;
        return withProof(flow, {
          by: 'access_pass',
          methodId: null,
          amr: null,
          at: act.now,
          coolingOff: false,
          ofFirstRegistration: false,
        });
      });
    },
  };
}

function presentMethod({ record }: OverviewParts, methodId: string): Method {
  const method = findMethod(record, methodId);
  if (method === undefined || method.replacedById !== null) throw new MethodNotFound();
  return method;
}

function hasProofOf(flow: Pick<Flow, 'proofs'>, methodId: string): boolean {
  return flow.proofs.some((proof) => proof.methodId === methodId);
}

function liveChallenge({ visit, record, keys, now }: OverviewParts, method: Method): Challenge | undefined {
  const address = openAddress(keys, visit.account.id, method);
  if (address === null) return undefined;
  const target = {
    purpose: 'prove' as const,
    methodType: method.type,
    destinationHash: destinationHash(keys, address),
  };
  return findChallenge(record, target, now);
}
