/** Proving a registered or prefilled method, or by an access pass: what is proved permits changes for 15 minutes. */
import { findChallenge, normaliseCode } from '../challenges.ts';
import type { Desk, ProofView, Visit } from '../desk.ts';
import { MethodNotFound, WrongCode } from '../errors.ts';
import { contractOf } from '../methods/registry.ts';
import type { Method } from '../record.ts';
import { findMethod } from '../record.ts';
import { destinationHash, openAddress } from '../sealing.ts';
import { prove } from '../transitions/prove.ts';
import { useAccessPass } from '../transitions/use-access-pass.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { methodView, type OverviewParts, overviewOf, readOverviewParts } from './overview.ts';
import { sendCode } from './send-code.ts';
import { changeFlow, type DeskParts, situationOf, withProof } from './situation.ts';

type Proving = Pick<Desk, 'readProof' | 'sendProofCode' | 'prove' | 'useAccessPass'>;

/** The part of the Desk that proves. */
export function createProving(parts: DeskParts): Proving {
  const { ports } = parts;

  async function readProof(visit: Visit, methodId: string): Promise<ProofView> {
    const overviewParts = await readOverviewParts(parts, visit);
    const method = presentMethod(overviewParts, methodId);
    return {
      method: methodView(overviewParts, method),
      proof: contractOf(method.type).proof,
      isSent: isSent(overviewParts, method),
    };
  }

  return {
    readProof,

    async sendProofCode(visit, methodId) {
      const overviewParts = await readOverviewParts(parts, visit);
      const method = presentMethod(overviewParts, methodId);
      const { act } = await situationOf(parts, visit);
      const closed = refusalWhenClosed(overviewParts.record, act.asker.caller, act.now);
      if (closed) throw closed;
      const address = openAddress(act.keys, visit.account.id, method);
      if (address !== null) {
        await sendCode(parts, act, { purpose: 'prove', methodType: method.type, address });
      }
      return readProof(visit, methodId);
    },

    async prove(visit, methodId, code) {
      const { act } = await situationOf(parts, visit);
      const before = await readOverviewParts(parts, visit);
      const outcome = await ports.records.change(visit.account.id, prove(act, methodId, normaliseCode(code)));
      parts.published(visit.account.id);
      if (outcome.kind === 'wrong_code') throw new WrongCode();
      const { method } = outcome;
      const overview = overviewOf(before);
      const wasDue =
        overview.isReview &&
        overview.methods.some(({ id, isDueForReview }) => id === methodId && isDueForReview);
      await changeFlow(parts, visit, (flow) => ({
        ...withProof(flow, {
          by: 'method',
          methodId,
          amr: contractOf(method.type).amr,
          at: act.now,
          coolingOff: method.coolingOffUntilAt !== null && method.coolingOffUntilAt > act.now,
          ofFirstRegistration: false,
        }),
        acknowledged: wasDue ? [...new Set([...flow.acknowledged, methodId])] : flow.acknowledged,
      }));
    },

    async useAccessPass(visit, pass) {
      const { act } = await situationOf(parts, visit);
      const outcome = await ports.records.change(visit.account.id, useAccessPass(act, pass));
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

function isSent({ visit, record, keys, now }: OverviewParts, method: Method): boolean {
  const address = openAddress(keys, visit.account.id, method);
  if (address === null) return true;
  const target = {
    purpose: 'prove' as const,
    methodType: method.type,
    destinationHash: destinationHash(keys, address),
  };
  return findChallenge(record, target, now) !== undefined;
}
