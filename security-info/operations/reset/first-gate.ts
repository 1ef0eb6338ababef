/**
 * The first gate: the same to everybody. What is typed is kept, the answer given, and only then is it looked at
 * whether a code is to be sent; a wrong code of an account and any code of a name that nobody has are refused alike.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { eventOf } from '../../act.ts';
import { normaliseCode } from '../../challenges.ts';
import {
  InvalidInput,
  MethodNotOffered,
  NothingPending,
  SecurityInfoError,
  WrongCode,
} from '../../errors.ts';
import { contractOf } from '../../methods/registry.ts';
import type { Method, MethodType } from '../../record.ts';
import type { ResetDesk, ResetVisit } from '../../reset-desk.ts';
import { firstGateOffers, methodsForReset } from '../../reset-rules.ts';
import { resetSendLimit, resetThrottleKey, takeUnknownProof } from '../../reset-throttles.ts';
import { addressHash, openAddress } from '../../sealing.ts';
import { keepThrottleSeconds } from '../../throttles.ts';
import { proveAny } from '../../transitions/prove-any.ts';
import { useAccessPass } from '../../transitions/use-access-pass.ts';
import { refusalWhenClosed } from '../../wrong-proofs.ts';
import { chooseChannel, sendCode } from '../send-code.ts';
import { availableSenders, withProof } from '../situation.ts';
import { takeSends } from '../take-sends.ts';
import { accountOf, actOf, type ResetParts } from './parts.ts';
import { resetEvent } from './reset-event.ts';
import { changeReset, nobody, type ResetFlow, type ResetMemory, requireReset } from './reset-flow.ts';

type FirstGate = Pick<
  ResetDesk,
  'chooseFirst' | 'resendFirst' | 'leaveFirst' | 'proveFirst' | 'useAccessPass'
>;

type FirstChoice = NonNullable<ResetMemory['first']>;

/** The part of the ResetDesk before the first proof. */
export function createFirstGate(parts: ResetParts): FirstGate {
  const { ports } = parts;

  /** The methods of the account that what was typed may prove; none where the name is nobody's. */
  async function candidates(visit: ResetVisit, reset: ResetFlow, first: FirstChoice) {
    const account = await accountOf(ports, reset.memory.accountId);
    if (account === null) return null;
    const act = await actOf(parts, visit, reset, account);
    const record = await ports.records.read(account.id);
    const hash = first.address === null ? null : addressHash(act.keys, first.type, first.address);
    const methods = methodsForReset(record, act.policy, act.now).filter(
      ({ type, addressHash: known }) => type === first.type && (hash === null || known === hash),
    );
    return { act, record, methods };
  }

  /** Sends a code where what was typed is registered: after the answer, so that nobody learns whether it is. */
  function sendIfRegistered(visit: ResetVisit, reset: ResetFlow, first: FirstChoice): void {
    parts.inBackground(async () => {
      const found = await candidates(visit, reset, first);
      const [method] = found?.methods ?? [];
      if (found === null || method === undefined) return;
      const address = openAddress(ports.keys, found.act.account.id, method);
      if (address === null) return;
      try {
        const { policy } = found.act;
        const closed = refusalWhenClosed(found.record, found.act.asker.caller, found.act.now);
        if (closed) throw closed;
        const destination = { type: first.type, address, policy, senders: availableSenders(parts) };
        const channel = chooseChannel(destination, first.channel);
        await sendCode(parts, found.act, { purpose: 'reset', methodType: first.type, address, channel });
      } catch (error) {
        // A limit or a sender that is down: the page has said already that a code comes if all is right.
        if (!(error instanceof SecurityInfoError)) throw error;
        const blocked = eventOf(found.act, 'reset_blocked', { result: 'failure', reason: error.code });
        await ports.eventLog.insert([blocked]);
      }
    });
  }

  async function takeSendOf({ memory }: ResetFlow): Promise<void> {
    const limit = resetSendLimit(memory.loginName, memory.caller);
    await takeSends(ports, [limit], ports.clock.now());
  }

  return {
    async chooseFirst(visit, type, input) {
      const reset = await requireReset(ports, visit);
      const offers = firstGateOffers(await ports.policies.current(), availableSenders(parts));
      const offer = offers.find((one) => one.type === type);
      if (offer === undefined) throw new MethodNotOffered();
      const first = readChoice(type, input, offer.channels);
      if (first.address !== null) await takeSendOf(reset);
      await changeReset(ports, visit, reset, { memory: { first } });
      if (first.address !== null) sendIfRegistered(visit, reset, first);
    },

    async resendFirst(visit, channel) {
      const reset = await requireReset(ports, visit);
      const { first } = reset.memory;
      if (first === null || first.address === null) throw new NothingPending();
      const offers = firstGateOffers(await ports.policies.current(), availableSenders(parts));
      const channels = offers.find(({ type }) => type === first.type)?.channels ?? [];
      const next = { ...first, channel: channels.find((one) => one === channel) ?? first.channel };
      await takeSendOf(reset);
      await changeReset(ports, visit, reset, { memory: { first: next } });
      sendIfRegistered(visit, reset, next);
    },

    async leaveFirst(visit) {
      const reset = await requireReset(ports, visit);
      await changeReset(ports, visit, reset, { memory: { first: null } });
    },

    proveFirst: evenly(async (visit, typed) => {
      const reset = await requireReset(ports, visit);
      const { first } = reset.memory;
      if (first === null) throw new NothingPending();
      const found = await candidates(visit, reset, first);
      if (found === null) return refuseUnknown(visit, reset);
      const ids = found.methods.map(({ id }) => id);
      const outcome = await ports.records.change(
        found.act.account.id,
        proveAny(found.act, ids, normaliseCode(typed), first.type),
      );
      parts.published(found.act.account.id);
      if (outcome.kind === 'wrong_code') throw new WrongCode();
      await keepProof(visit, reset, outcome.method);
    }),

    useAccessPass: evenly(async (visit, typed) => {
      const reset = await requireReset(ports, visit);
      const account = await accountOf(ports, reset.memory.accountId);
      if (account === null) return refuseUnknown(visit, reset);
      const act = await actOf(parts, visit, reset, account);
      const outcome = await ports.records.change(account.id, useAccessPass(act, typed, 'reset'));
      parts.published(account.id);
      if (outcome === 'wrong_code') throw new WrongCode();
      const proof = { by: 'access_pass', methodId: null, amr: null, coolingOff: false } as const;
      await changeReset(ports, visit, reset, {
        flow: (flow) => withProof(flow, { ...proof, at: act.now, ofFirstRegistration: false }),
      });
    }),
  };

  async function keepProof(visit: ResetVisit, reset: ResetFlow, { id }: Method): Promise<void> {
    const proof = { by: 'method', methodId: id, amr: null, coolingOff: false } as const;
    await changeReset(ports, visit, reset, {
      flow: (flow) => withProof(flow, { ...proof, at: ports.clock.now(), ofFirstRegistration: false }),
    });
  }

  /**
   * As a record would count and refuse it, and with as much work: it reads what a record's would read, and leaves an
   * entry to be written after the answer as a record leaves its event.
   */
  async function refuseUnknown(visit: ResetVisit, { memory }: ResetFlow): Promise<never> {
    await ports.policies.current();
    await ports.records.read(nobody);
    const key = resetThrottleKey('proof', memory.loginName, memory.caller);
    const now = ports.clock.now();
    await ports.throttles.change(key, keepThrottleSeconds, takeUnknownProof(now));
    parts.inBackground(() =>
      ports.eventLog.insert([resetEvent(ports, visit, null, 'proof_refused', 'failure')]),
    );
    throw new WrongCode();
  }
}

/** A judgement that is never given sooner than this: a record takes longer to count in than a counter does. */
const evenMilliseconds = 40;

/** The same work, whose answer takes as long for every name. */
function evenly(
  work: (visit: ResetVisit, typed: string) => Promise<void>,
): (visit: ResetVisit, typed: string) => Promise<void> {
  return async (visit, typed) => {
    const soonest = wait(evenMilliseconds);
    try {
      await work(visit, typed);
    } finally {
      await soonest;
    }
  };
}

/** What was chosen and typed, judged by its form alone. @throws {InvalidInput} `invalid_input` */
function readChoice(
  type: MethodType,
  input: Readonly<Record<string, string>>,
  channels: ReadonlyArray<FirstChoice['channel']>,
): FirstChoice {
  const contract = contractOf(type);
  if (contract.proof !== 'sent_code') return { type, address: null, channel: null };
  const read = contract.readAddress(input);
  if ('errors' in read) throw new InvalidInput(read.errors);
  const chosen = channels.find((channel) => channel !== null && channel === input['channel']);
  return { type, address: read.address, channel: chosen ?? channels[0] ?? null };
}
