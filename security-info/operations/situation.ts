/** Gathers what every operation begins with: the policy that applies, the flow, who acts and when. */
import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';
import type { Visit } from '../desk.ts';
import { effectivePolicy } from '../effective-policy.ts';
import type { EffectivePolicy, SenderAvailability, Subject } from '../policy.ts';
import type { Account, Flow, FlowProof, Ports } from '../ports.ts';

/** What the operations are given besides the ports. */
export interface DeskOptions {
  /** Names the service in authenticator apps. */
  readonly serviceName: string;
  /** Told after each write that may have left events in this account's record. Must not throw and is not waited for. */
  readonly published: (accountId: string) => void;
}

/** What setting up methods is given besides. */
export interface RegistrationOptions extends DeskOptions {
  /** The words of a predefined question in every language, so that no answer repeats them. */
  readonly questionWords: (questionId: string) => readonly string[];
}

/** The ports and options of all operations. */
export interface DeskParts extends DeskOptions {
  readonly ports: Ports;
}

/** Proofs that a flow keeps; the oldest give way. */
const maximumProofs = 20;

/** What the policy needs to know of an account. */
export function subjectOf(account: Account): Subject {
  return { accountId: account.id, groups: account.groups, isAdmin: account.isAdmin };
}

/** The policy that applies to an account now. */
export async function policyFor({ ports }: DeskParts, account: Account): Promise<EffectivePolicy> {
  return effectivePolicy(await ports.policies.current(), subjectOf(account));
}

/** The ports that send. */
export type SenderPorts = Pick<Ports, 'mail' | 'sms' | 'voice'>;

/** Which senders are set up. */
export function availableSenders({ ports }: { readonly ports: SenderPorts }): SenderAvailability {
  return {
    mail: ports.mail.isAvailable,
    sms: ports.sms.isAvailable,
    voice: ports.voice.isAvailable,
  };
}

/** An act together with its flow. */
export interface Situation {
  readonly act: Act;
  readonly flow: Flow;
}

/** The situation of a visit that is about to write: its flow is begun where there is none. */
export async function situationOf(parts: DeskParts, visit: Visit): Promise<Situation> {
  const { ports } = parts;
  const [policy, flow] = await Promise.all([policyFor(parts, visit.account), ensureFlow(parts, visit)]);
  const { account, asker } = visit;
  return { act: { account, asker, policy, flow, keys: ports.keys, now: ports.clock.now() }, flow };
}

/** The flow under a visit's key, unless another account began it: nobody goes on with somebody else's proofs. */
export function ownFlow(flow: Flow | null, visit: Visit): Flow | null {
  return flow?.accountId === visit.account.id ? flow : null;
}

/** The flow of a visit; begun where there is none. */
export async function ensureFlow({ ports }: DeskParts, visit: Visit): Promise<Flow> {
  const flow = ownFlow(await ports.flows.read(visit.flowKey), visit);
  if (flow !== null) return flow;
  return ports.flows.change(visit.flowKey, (stored) => {
    const found = ownFlow(stored, visit);
    if (found !== null) return { unchanged: true, result: found };
    const next = newFlow(visit.account.id);
    return { next, events: [], result: next };
  });
}

/** A flow at its beginning. */
export function newFlow(accountId: string): Flow {
  return {
    id: randomUUID(),
    version: 0,
    accountId,
    drafts: {},
    proofs: [],
    acknowledged: [],
    oneTimePasswordSetAt: null,
  };
}

/** Changes the flow of a visit, begun anew where it has expired meanwhile. */
export async function changeFlow(
  { ports }: DeskParts,
  visit: Visit,
  change: (flow: Flow) => Flow,
): Promise<void> {
  await ports.flows.change(visit.flowKey, (flow) => ({
    next: change(ownFlow(flow, visit) ?? newFlow(visit.account.id)),
    events: [],
    result: undefined,
  }));
}

/** The flow with one more proof; the same method's earlier one gives way. */
export function withProof(flow: Flow, proof: FlowProof): Flow {
  const others = flow.proofs.filter(({ by, methodId }) => by !== proof.by || methodId !== proof.methodId);
  return { ...flow, proofs: [...others, proof].slice(-maximumProofs) };
}
