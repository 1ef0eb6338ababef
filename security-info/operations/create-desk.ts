/** The Desk: what the pages ask of the domain, on the ports. */
import { eventOf } from '../act.ts';
import type { Desk } from '../desk.ts';
import { NotFinished } from '../errors.ts';
import { methodContracts } from '../methods/registry.ts';
import type { Flow, Ports } from '../ports.ts';
import { acknowledge } from '../transitions/acknowledge.ts';
import { remove } from '../transitions/remove.ts';
import { snooze } from '../transitions/snooze.ts';
import { overviewOf, readOverviewParts } from './overview.ts';
import { createProving } from './prove-method.ts';
import { createRegistration } from './register-method.ts';
import {
  availableSenders,
  changeFlow,
  type DeskParts,
  type RegistrationOptions,
  situationOf,
} from './situation.ts';

/** Makes the Desk. */
export function createDesk(ports: Ports, options: RegistrationOptions): Desk {
  const parts: DeskParts = { ...options, ports };
  return {
    ...createRegistration({ ...options, ports }),
    ...createProving(parts),

    overview: async (visit) => overviewOf(await readOverviewParts(parts, visit)),

    async removeMethod(visit, methodId) {
      const { act } = await situationOf(parts, visit);
      await ports.records.change(visit.account.id, remove(act, methodId));
      parts.published(visit.account.id);
    },

    async acknowledge(visit, methodId) {
      const { act } = await situationOf(parts, visit);
      await ports.records.change(visit.account.id, acknowledge(act, methodId, availableSenders(parts)));
      await changeFlow(parts, visit, (flow) => ({
        ...flow,
        acknowledged: [...new Set([...flow.acknowledged, methodId])].slice(-50),
      }));
    },

    async finish(visit) {
      const overviewParts = await readOverviewParts(parts, visit);
      const overview = overviewOf(overviewParts);
      if (!overview.canFinish) throw new NotFinished({ missing: overview.missing });
      const { act, flow } = await situationOf(parts, visit);
      const type = whatFinished(flow);
      if (type !== null) {
        // One id per flow: a double click on Finish is one event.
        const id = ports.keys.hash(`${flow.id}:finished`, 'event-id');
        await ports.eventLog.insert([{ ...eventOf(act, type), id }]);
      }
      return { provedAmr: provedAmr(flow), nextDueAt: overview.nextDueAt };
    },

    async snooze(visit) {
      const { act, flow } = await situationOf(parts, visit);
      await ports.records.change(visit.account.id, snooze(act));
      parts.published(visit.account.id);
      return { provedAmr: provedAmr(flow) };
    },

    async cancel(visit) {
      const { act, flow } = await situationOf(parts, visit);
      const id = ports.keys.hash(`${flow.id}:cancelled`, 'event-id');
      await ports.eventLog.insert([{ ...eventOf(act, 'registration_cancelled'), id }]);
      await ports.flows.end(visit.flowKey);
    },
  };
}

function whatFinished(flow: Flow): 'review_finished' | 'registration_finished' | null {
  if (flow.acknowledged.length > 0) return 'review_finished';
  return flow.proofs.length > 0 ? 'registration_finished' : null;
}

/**
 * What is cooling off proves only in order to add what the policy lacks: it says nothing to an app.
 * @see RFC 8176 §2: `otp`; `mfa` where a password and something that is possessed met
 */
function provedAmr(flow: Flow): readonly string[] {
  const values = flow.proofs
    .filter(({ coolingOff }) => !coolingOff)
    .map(({ amr }) => amr)
    .filter((amr) => amr !== null);
  const hasPossession = values.some((value) => possessionValues.has(value));
  return [...new Set([...values, ...(hasPossession ? ['mfa'] : [])])];
}

const possessionValues = new Set(
  Object.values(methodContracts)
    .filter(({ factor }) => factor === 'possession')
    .flatMap(({ amrOf, channels }) => [null, ...channels].map(amrOf))
    .filter((amr) => amr !== null),
);
