/** Setting up a method, from the form to the proof. What may be registered is the transition's to say. */
import { randomUUID } from 'node:crypto';
import { questionOfDraft } from '../answer-proof.ts';
import { findChallenge, normaliseCode } from '../challenges.ts';
import type { Desk, DraftView, Visit } from '../desk.ts';
import { registrableTypes, usableChannels } from '../effective-policy.ts';
import { InvalidInput, MethodNotFound, MethodNotOffered, NothingPending, WrongCode } from '../errors.ts';
import { otpauthUri } from '../methods/authenticator-app.ts';
import { contractOf } from '../methods/registry.ts';
import type { SealedDraft } from '../ports.ts';
import type { Channel, MethodType } from '../record.ts';
import { findMethod } from '../record.ts';
import { checkRegistration } from '../registration-rules.ts';
import type { OpenDraft } from '../sealing.ts';
import { destinationHash, sealDraft, unsealDraft } from '../sealing.ts';
import { isAnswered, register } from '../transitions/register.ts';
import { draftKey, draftsOf, openDraftOf, withDraft } from './drafts.ts';
import { hashAnswers } from './judge-answers.ts';
import { methodView, type OverviewParts, readOverviewParts } from './overview.ts';
import { chooseChannel, sendCode } from './send-code.ts';
import {
  availableSenders,
  changeFlow,
  type DeskParts,
  type RegistrationOptions,
  situationOf,
  withProof,
} from './situation.ts';

type Registration = Pick<
  Desk,
  'beginRegistration' | 'readDraft' | 'resendDraftCode' | 'finishRegistration' | 'abandonRegistration'
>;

/** The part of the Desk that sets methods up. */
export function createRegistration(parts: DeskParts & RegistrationOptions): Registration {
  const { ports } = parts;

  async function view(visit: Visit, type: MethodType, id: string, draft: OpenDraft): Promise<DraftView> {
    const overviewParts = await readOverviewParts(parts, visit);
    const replaced = draft.replaces === null ? undefined : findMethod(overviewParts.record, draft.replaces);
    const contract = contractOf(type);
    const { loginName } = visit.account;
    const asked = questionOfDraft(ports.keys, id, draft.answers);
    return {
      id,
      type,
      proof: contract.proof,
      maskedAddress: draft.address === null ? null : contract.mask(draft.address),
      channel: sentBy(overviewParts, type, draft) ?? draft.channel,
      channels: usableChannels(type, overviewParts.policy, overviewParts.senders, draft.address),
      questions: asked === undefined ? [] : [{ questionId: asked.questionId, customText: asked.customText }],
      setup:
        draft.secret === null
          ? null
          : {
              key: draft.secret,
              uri: otpauthUri({ service: parts.serviceName, loginName, secret: draft.secret }),
            },
      replaces: replaced === undefined ? null : methodView(overviewParts, replaced),
    };
  }

  return {
    async beginRegistration(visit, type, input, replaces) {
      const { act, flow } = await situationOf(parts, visit);
      if (!registrableTypes(act.policy, availableSenders(parts)).includes(type)) throw new MethodNotOffered();
      const record = await ports.records.read(visit.account.id);
      if (replaces !== null && findMethod(record, replaces)?.type !== type) throw new MethodNotFound();
      const made = contractOf(type).draft(input, {
        account: visit.account,
        policy: act.policy,
        channels: usableChannels(type, act.policy, availableSenders(parts)),
        ownEmailDomains: await ports.directory.ownEmailDomains(),
        questionWords: parts.questionWords,
      });
      if ('errors' in made) throw new InvalidInput(made.errors);
      const draft: OpenDraft = { ...made, type, replaces };
      checkRegistration(act, record, draft);
      const id = randomUUID();
      const sealed: SealedDraft = {
        id,
        createdAt: act.now,
        draftCiphertext: sealDraft(act.keys, flow.id, id, draft),
      };
      await changeFlow(parts, visit, (current) =>
        current.id === flow.id ? withDraft(current, type, sealed) : current,
      );
      const { address, channel } = draft;
      if (address !== null && channel !== null) {
        await sendCode(parts, act, { purpose: 'register', methodType: type, address, channel });
      }
      return view(visit, type, id, draft);
    },

    async readDraft(visit, type) {
      const { flow } = await situationOf(parts, visit);
      const newest = draftsOf(flow, type).at(-1);
      if (newest === undefined) throw new NothingPending();
      return view(
        visit,
        type,
        newest.id,
        unsealDraft(ports.keys, flow.id, newest.id, newest.draftCiphertext),
      );
    },

    async resendDraftCode(visit, type, draftId, wanted = null) {
      const { act, flow } = await situationOf(parts, visit);
      const draft = openDraftOf(ports.keys, flow, type, draftId);
      if (draft?.address == null) throw new NothingPending();
      const record = await ports.records.read(visit.account.id);
      checkRegistration(act, record, draft);
      const { address } = draft;
      const last = sentBy({ ...act, record }, type, draft) ?? draft.channel;
      const destination = { type, address, policy: act.policy, senders: availableSenders(parts) };
      const channel = chooseChannel(destination, wanted ?? last);
      const order = { purpose: 'register', methodType: type, address, channel } as const;
      const isSameCode = await sendCode(parts, act, order);
      return { ...(await view(visit, type, draftId, { ...draft, channel })), isSameCode };
    },

    async finishRegistration(visit, type, draftId, given) {
      const { act, flow } = await situationOf(parts, visit);
      const draft = openDraftOf(ports.keys, flow, type, draftId);
      if (draft === undefined) {
        // The second click of two finds its draft used up: what it asked for is done.
        const { methods } = await ports.records.read(visit.account.id);
        if (methods.some(({ registeredBy }) => registeredBy === draftId)) return;
        throw new NothingPending();
      }
      if (!registrableTypes(act.policy, availableSenders(parts)).includes(type)) throw new MethodNotOffered();
      // Before anything is digested: who types wrongly must not cost us that.
      if (typeof given !== 'string' && !isAnswered(act, draft, draftId, given)) throw new WrongCode();
      const answers = await hashAnswers(ports.answerHasher, act, draft.answers);
      const input = typeof given === 'string' ? normaliseCode(given) : given;
      const outcome = await ports.records.change(
        visit.account.id,
        register(act, draft, draftId, randomUUID(), input, answers),
      );
      parts.published(visit.account.id);
      if (outcome.kind === 'wrong_code') throw new WrongCode();
      const { method, grounds, channel, isRepeated } = outcome;
      await changeFlow(parts, visit, (current) => {
        const { [draftKey(type, draftId)]: _, ...drafts } = current.drafts;
        const isKnown = current.proofs.some(({ methodId }) => methodId === method.id);
        // A form that came twice knows less of the proof than the first one, which may end later.
        if (isKnown && isRepeated) return { ...current, drafts };
        return withProof(
          { ...current, drafts },
          {
            by: 'method',
            methodId: method.id,
            amr: contractOf(type).amrOf(channel),
            at: act.now,
            coolingOff: method.coolingOffUntilAt !== null && method.coolingOffUntilAt > act.now,
            ofFirstRegistration: grounds === 'first_registration',
          },
        );
      });
    },

    async abandonRegistration(visit, type) {
      await changeFlow(parts, visit, (flow) => ({
        ...flow,
        drafts: Object.fromEntries(
          Object.entries(flow.drafts).filter(([key]) => !key.startsWith(`${type}:`)),
        ),
      }));
    },
  };
}

/** How the code of a draft went out last, whatever its form said. */
function sentBy(
  { record, keys, now }: Pick<OverviewParts, 'record' | 'keys' | 'now'>,
  type: MethodType,
  { address }: OpenDraft,
): Channel | null {
  if (address === null) return null;
  const target = {
    purpose: 'register' as const,
    methodType: type,
    destinationHash: destinationHash(keys, address),
  };
  return findChallenge(record, target, now)?.channel ?? null;
}
